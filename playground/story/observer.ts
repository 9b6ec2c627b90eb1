import type { AnyEvent, AttemptInfo, EventObserver, Outcome, ScopeInfo } from 'trpc-events';
import { after } from 'next/server';
import { now } from './clock.ts';
import { feed } from './feed.ts';

/** A call that has dispatched something, which is when its click is known. */
interface Call {
  readonly id: string;
  readonly click: string;
  isAnswered: boolean;
}

let lastId = 0;
const newId = () => `${process.pid}-${++lastId}`;
const openedAt = new WeakMap<ScopeInfo, number>();
const calls = new WeakMap<ScopeInfo, Call>();
const attempts = new WeakMap<AttemptInfo, string>();

/** Tells the feed what the bus does. It changes nothing. */
export const storyObserver: EventObserver = {
  name: 'story',

  scopeOpened(scope) {
    openedAt.set(scope, now());
  },
  dispatched(event, { scope, attempt }) {
    const by = scope === undefined ? attempt && attempts.get(attempt) : callOf(scope, event).id;
    const { id, name, payload } = event;
    feed.push({ kind: 'dispatched', ...about(event), name, payload, by, event: id });
  },
  scopeSettled(scope, outcome) {
    const call = calls.get(scope);
    if (call === undefined) return;
    const { id, click } = call;
    feed.push({ kind: 'settled', click, at: now(), call: id, ok: outcome.ok, error: errorOf(outcome) });
    afterResponse(() => answered(call));
  },
  responseSent(scope) {
    const call = calls.get(scope);
    if (call !== undefined) answered(call);
  },
  discarded(event, { reason }) {
    feed.push({ kind: 'dropped', ...about(event), event: event.id, reason });
  },
  unhandled(event) {
    feed.push({ kind: 'unhandled', ...about(event), event: event.id });
  },
  async wrapAttempt(info, run) {
    const { event, listener } = info;
    const attempt = newId();
    attempts.set(info, attempt);
    feed.push({ kind: 'started', ...about(event), attempt, event: event.id, listener });
    const outcome = await run();
    feed.push({ kind: 'finished', ...about(event), attempt, ok: outcome.ok, error: errorOf(outcome) });
  },
};

function about({ meta }: AnyEvent): { click: string; at: number } {
  return { click: (meta as { click: string }).click, at: now() };
}

function callOf(scope: ScopeInfo, event: AnyEvent): Call {
  const known = calls.get(scope);
  if (known !== undefined) return known;
  const { click } = about(event);
  const call: Call = { id: newId(), click, isAnswered: false };
  calls.set(scope, call);
  const { path = '', batchIndex = 0 } = scope;
  feed.push({ kind: 'opened', click, at: openedAt.get(scope) ?? now(), call: call.id, path, batchIndex });
  return call;
}

function answered(call: Call): void {
  if (call.isAnswered) return;
  call.isAnswered = true;
  feed.push({ kind: 'answered', click: call.click, at: now(), call: call.id });
}

/**
 * The bus says when a response has been sent where it waited for that: not of a call that failed, since nothing of it is
 * left to flush, nor of one whose caller waits. Next can be asked instead, except in pages/api.
 */
function afterResponse(fn: () => void): void {
  try {
    after(fn);
  } catch {
    // In pages/api.
  }
}

function errorOf(outcome: Outcome): string {
  if (outcome.ok) return '';
  const { error } = outcome;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return code || (error instanceof Error ? error.message : String(error));
}
