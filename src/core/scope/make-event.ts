import { derivedId, newId } from '../catalog/id.ts';
import type { BusState } from '../model/bus-state.ts';
import type { Cause } from '../model/item.ts';
import type { When } from '../types/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { metaFor } from './meta.ts';
import type { Input } from './read-input.ts';
import type { Meta, Scope } from './scope.ts';

/** Makes an event. `problem` says why it can't be delivered: its meta failed, or its chain is too deep. */
export function makeEvent(
  bus: BusState,
  input: Input,
  when: When,
  scope: Scope | undefined,
  ctx: unknown,
  cause: Cause | undefined,
): { readonly event: AnyEvent; readonly problem: EventsError | undefined } {
  const meta = metaFor(bus, input.options, scope, ctx, cause);
  return finishEvent(bus, draftEvent(input, scope, cause), meta, when, scope, cause);
}

/** An event that may still be changed. */
export type Draft = Mutable<AnyEvent>;

/** Makes an event without its meta and its own trace context. */
export function draftEvent(
  { name, payload, options }: Input,
  scope: Scope | undefined,
  cause: Cause | undefined,
): Draft {
  const parent = cause?.event;
  const time = new Date();
  const id =
    cause?.usesDerivedIds && parent !== undefined
      ? derivedId(parent, cause.listener, cause.dispatched++)
      : newId(time.getTime());
  return {
    id,
    name,
    payload,
    time,
    key: options?.key,
    path: procedureOf(scope),
    correlationId: parent === undefined ? id : parent.correlationId,
    causationId: parent?.id,
    depth: cause === undefined ? 0 : cause.depth + 1,
    // An event that no observer gives a trace context keeps that of its cause.
    traceparent: parent?.traceparent,
    tracestate: parent?.tracestate,
    meta: undefined,
  };
}

/** Puts the meta on an event, freezes it, and returns it with the trace context that observers give it. */
export function finishEvent(
  bus: BusState,
  event: Draft,
  meta: Meta,
  when: When,
  scope: Scope | undefined,
  cause: Cause | undefined,
): ReturnType<typeof makeEvent> {
  event.meta = meta.value;
  const problem =
    meta.error ?? (event.depth > bus.settings.limits.depth ? tooDeep(bus, event.name, cause) : undefined);
  Object.freeze(event);
  if (!bus.observed?.seesDispatches || problem !== undefined) return { event, problem };
  const trace = bus.observed.dispatched(event, { when, scope: scope?.call?.info, attempt: cause?.info });
  // The event is frozen before observers see it, so that they can change nothing. One with a trace context is a copy.
  return { event: trace === undefined ? event : Object.freeze({ ...event, ...trace }), problem };
}

/** Returns the path of the procedure that a scope belongs to: `e.scope` has no path of its own. */
function procedureOf(scope: Scope | undefined): string | undefined {
  let call = scope?.call;
  while (call?.isSavepoint) call = call.parent?.call;
  return call?.path;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function tooDeep(bus: BusState, name: string, cause: Cause | undefined): EventsError {
  const names = [name];
  for (let attempt = cause; attempt?.event !== undefined; attempt = attempt.cause)
    names.unshift(attempt.event.name);
  return new EventsError(
    'CHAIN_TOO_DEEP',
    `An event is ${bus.settings.limits.depth + 1} listeners deep, and limits.depth is ${bus.settings.limits.depth}: ${names.join(' → ')}. Let a listener of this chain stop dispatching, or raise the limit.`,
  );
}
