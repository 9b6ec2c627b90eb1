import type { AnyEvent, EventObserver, ScopeInfo } from 'trpc-events';
import { about, endFor, endOf } from './about.ts';
import { tellOfArrival } from './arrival.ts';
import { now } from './clock.ts';
import { feed } from './feed.ts';

/** A call, whose click is known once it has dispatched something. */
interface Call {
  readonly openedAt: number;
  click?: string;
}

const calls = new WeakMap<ScopeInfo, Call>();
/** The scopes with a click, by the outermost scope around them: a procedure with two middlewares has two. */
const within = new WeakMap<ScopeInfo, ScopeInfo[]>();
/** Ids of scopes and attempts are unique in this process, and a page may live on when the shop is started again. */
const idOf = ({ id }: { readonly id: string }) => `${process.pid}-${id}`;

/** Tells the feed what the bus does. It changes nothing. */
export const storyObserver: EventObserver = {
  name: 'story',

  scopeOpened(scope) {
    calls.set(scope, { openedAt: now() });
  },
  dispatched(event, { scope, attempt }) {
    if (scope !== undefined) tellOfCall(scope, event);
    const by = scope ?? attempt;
    const { id, name, payload } = event;
    feed.push({ kind: 'dispatched', ...about(event), name, payload, by: by && idOf(by), event: id });
  },
  scopeSettled(scope, outcome) {
    const click = calls.get(scope)?.click;
    if (click === undefined) return;
    feed.push({ kind: 'settled', click, at: now(), call: idOf(scope), ...endOf(outcome) });
  },
  responseSent(scope) {
    for (const inner of within.get(scope) ?? []) {
      const { click = '' } = calls.get(inner)!;
      feed.push({ kind: 'answered', click, at: now(), call: idOf(inner) });
    }
  },
  discarded(event, { reason }) {
    feed.push({ kind: 'dropped', ...about(event), event: event.id, reason });
  },
  unhandled(event) {
    feed.push({ kind: 'unhandled', ...about(event), event: event.id });
  },
  async wrapAttempt(info, run) {
    const { events, listener, kind } = info;
    // A forwarder gets several events at a time: each has an attempt of its own here.
    const attempts = events.map((event, i) => ({
      event,
      attempt: i === 0 ? idOf(info) : `${idOf(info)}-${i}`,
    }));
    const isForwarder = kind === 'forwarder';
    for (const { event, attempt } of attempts)
      feed.push({ kind: 'started', ...about(event), attempt, event: event.id, listener, isForwarder });
    const outcome = await run();
    for (const { event, attempt } of attempts)
      feed.push({ kind: 'finished', ...about(event), attempt, ...endFor(event, outcome) });
  },
  wrapDelivery({ event, from }, run) {
    tellOfArrival(event, from?.destination ?? 'a queue');
    void run();
  },
};

/** Tells the feed that a call was opened, at its first event: the event's meta names the click. */
function tellOfCall(scope: ScopeInfo, event: AnyEvent): void {
  const call = calls.get(scope);
  if (call === undefined || call.click !== undefined) return;
  const { click } = about(event);
  call.click = click;
  const outermost = outermostOf(scope);
  within.set(outermost, [...(within.get(outermost) ?? []), scope]);
  const { path = '', batchIndex = 0 } = scope;
  feed.push({ kind: 'opened', click, at: call.openedAt, call: idOf(scope), path, batchIndex });
}

function outermostOf(scope: ScopeInfo): ScopeInfo {
  return scope.parent === undefined ? scope : outermostOf(scope.parent);
}
