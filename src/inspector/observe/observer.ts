import type { AnyEvent } from '../../core/types/event.ts';
import type { AttemptInfo, EventObserver, Outcome, ScopeInfo } from '../../core/types/observer.ts';
import { isObject } from '../../core/words/guards.ts';
import type { End, EventText } from '../../story/entry.ts';
import type { Root } from '../memory/root.ts';
import { now, type InspectorState } from '../state.ts';
import { shorten, writeError } from '../text/write-error.ts';
import { writeValue } from '../text/write-value.ts';

const LONGEST_PAYLOAD = 64 * 1024;
const LONGEST_META = 4 * 1024;
const LONGEST_NAME = 300;

/** What an event's text gets from its payload, so after its call is known. */
type Late = Pick<EventText, 'key' | 'meta'>;

/** Makes the observer that writes into a state. It keeps texts alone: no ctx, payload or error. */
export function observerOf(state: InspectorState): Omit<EventObserver, 'name'> {
  const { memory } = state;
  const idOf = ({ id }: { readonly id: string }) => `${memory.run}-${id}`;
  const attemptsOf = (info: AttemptInfo) =>
    info.events.map((event, i) => ({ event, attempt: i === 0 ? idOf(info) : `${idOf(info)}.${i}` }));
  const endOf = (outcome: Outcome, root: Root, event?: AnyEvent): End => {
    if (outcome.ok) return { ok: true };
    const failure = event && outcome.failures?.find(({ id }) => id === event.id);
    // A call of `handleMany` that lists failures has not failed for the others.
    if (event !== undefined && outcome.failures !== undefined && failure === undefined) return { ok: true };
    return { ok: false, error: errorOf(failure === undefined ? outcome.error : failure.error, root) };
  };
  const errorOf = (error: unknown, root: Root) => writeError(error, root.secrets, state.settings.payloads);

  const open = (scope: ScopeInfo): void => {
    const { kind, path, type, batchIndex, parent, attempt, defer } = scope;
    state.add({
      kind: 'opened',
      call: idOf(scope),
      scope: kind,
      defer,
      ...(path !== undefined && { path: named(path) }),
      ...(type !== undefined && { type }),
      ...(batchIndex !== undefined && { batchIndex }),
      ...(parent !== undefined && { parent: idOf(parent) }),
      ...(attempt !== undefined && { by: idOf(attempt) }),
    });
  };
  /** Writes what is kept of an event's payload, meta and key. The payload comes first: it says what must be hidden. */
  const write = (event: AnyEvent, root: Root): Late => {
    const { id, name, payload, meta, key } = event;
    const { payloads, redact } = state.settings;
    // The values to hide must be found even if no payload is kept, because the key may have them.
    const hiding = state.buses.hidingOf(name, redact);
    const text = writeValue(payload, LONGEST_PAYLOAD, hiding, root.secrets);
    if (payloads) memory.keep(root, id, text);
    const about =
      payloads && isFilled(meta) ? writeValue(meta, LONGEST_META, undefined, root.secrets) : undefined;
    return {
      ...(payloads && key !== undefined && { key: named(root.secrets.scrub(key)) }),
      ...(about?.isCut === false && { meta: about.text }),
    };
  };

  return {
    attached: (bus) => state.attach(bus),
    scopeOpened: open,
    scopeSettled(scope, outcome) {
      const call = idOf(scope);
      state.add({ kind: 'settled', call, ok: outcome.ok }, (root) => endOf(outcome, root));
    },
    responseSent: (scope) => state.add({ kind: 'answered', call: idOf(scope) }),
    responseUnknown: (scope, { isDirect }) =>
      state.add({ kind: 'unanswered', call: idOf(scope), why: isDirect ? 'called directly' : SOCKET }),
    dispatched(event, { when, scope, attempt }) {
      // A subscription may outlive what is kept, and an observer may be added in the middle of a call.
      if (scope !== undefined && memory.rootOf(idOf(scope)) === undefined) open(scope);
      const by = scope ?? attempt;
      state.add(
        { kind: 'dispatched', when, ...about(event), ...(by !== undefined && { by: idOf(by) }) },
        (root) => write(event, root),
      );
      state.buses.check(state.settings.redact);
    },
    discarded: (event, { reason }) => state.add({ kind: 'dropped', event: event.id, reason }),
    unhandled: (event) => state.add({ kind: 'unhandled', event: event.id }),
    backedOff: (attempt, { delay }) => {
      for (const { attempt: id } of attemptsOf(attempt)) state.add({ kind: 'backedOff', attempt: id, delay });
    },
    deadLettered({ event, listener, reason, attempts, error }) {
      state.addFailed(event);
      const known = { kind: 'gaveUp' as const, event: event.id, listener: named(listener), reason, attempts };
      // Its cause is what the listener threw.
      state.add({ ...known, error: NONE }, (root) => ({ error: errorOf(error.cause ?? error, root) }));
    },
    refused(error, { from, id, name }) {
      state.add(
        {
          kind: 'refused',
          ...(id !== undefined && { event: named(id) }),
          ...(name !== undefined && { name: named(name) }),
          ...(from !== undefined && { destination: named(from.destination) }),
          error: NONE,
        },
        (root) => ({ error: errorOf(error, root) }),
      );
    },
    errored(error, { event, listener }) {
      // What a listener threw is told by its attempts, and by `deadLettered`; what was refused, by `refused`.
      if (error.code === 'LISTENER_FAILED' || error.code === 'BAD_MESSAGE') return;
      state.add(
        {
          kind: 'reported',
          ...(event !== undefined && { event: event.id }),
          ...(listener !== undefined && { listener: named(listener) }),
          error: NONE,
        },
        (root) => ({ error: errorOf(error, root) }),
      );
    },
    async wrapFlush({ events, origin }, run) {
      for (const event of events) state.add({ kind: 'released', event: event.id, origin });
      await run();
    },
    async wrapAttempt(info, run) {
      const { listener, kind: listenerKind, attempt: number, attempts: of } = info;
      const attempts = attemptsOf(info);
      const known = { kind: 'started' as const, listener: named(listener), listenerKind, number, of };
      for (const { event, attempt } of attempts) state.add({ ...known, attempt, event: event.id });
      const outcome = await run();
      for (const { event, attempt } of attempts)
        state.add({ kind: 'finished', attempt, ok: true }, (root) => endOf(outcome, root, event));
    },
    async wrapSend({ forwarder, system, destination, events }, run) {
      const from = now();
      const outcome = await run();
      const known = {
        kind: 'sent' as const,
        listener: named(forwarder),
        system: named(system),
        from,
        ok: true,
      };
      for (const event of events) {
        state.add({ ...known, destination: named(destination), event: event.id }, (root) =>
          endOf(outcome, root, event),
        );
      }
    },
    async wrapDelivery({ event, attempt: number, from }, run) {
      const origin = from && { system: named(from.system), destination: named(from.destination) };
      state.add({ kind: 'arrived', number, ...about(event), ...origin }, (root) => write(event, root));
      await run();
    },
  };
}

/** No other call has an abort signal, and no response that could be found. */
const SOCKET = "WebSocket, or a server that doesn't tell";
const NONE = { name: '', message: '' };

function about(event: AnyEvent): Omit<EventText, 'key' | 'meta'> {
  const { id, name, correlationId, causationId, depth, path, traceparent } = event;
  return {
    event: id,
    name,
    correlationId,
    depth,
    ...(causationId !== undefined && { causationId }),
    ...(path !== undefined && { path: named(path) }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

function named(text: string): string {
  return shorten(text, LONGEST_NAME);
}

function isFilled(meta: unknown): boolean {
  return isObject(meta) && Object.keys(meta).length > 0;
}
