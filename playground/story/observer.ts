import type { AnyEvent, EventObserver, Outcome, ScopeInfo } from 'trpc-events';
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
/** Ids of scopes and attempts are unique in this process, and the worker has a feed, too. */
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
    feed.push({
      kind: 'settled',
      click,
      at: now(),
      call: idOf(scope),
      ok: outcome.ok,
      error: errorOf(outcome),
    });
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
    const { event, listener } = info;
    const attempt = idOf(info);
    feed.push({ kind: 'started', ...about(event), attempt, event: event.id, listener });
    const outcome = await run();
    feed.push({ kind: 'finished', ...about(event), attempt, ok: outcome.ok, error: errorOf(outcome) });
  },
};

function about({ meta }: AnyEvent): { click: string; at: number } {
  return { click: (meta as { click: string }).click, at: now() };
}

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

function errorOf(outcome: Outcome): string {
  if (outcome.ok) return '';
  const { error } = outcome;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code || (error instanceof Error ? error.message : String(error));
}
