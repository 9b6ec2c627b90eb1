import type { AnyEvent } from '../../core/types/event.ts';
import type { EventObserver, Outcome, ScopeInfo } from '../../core/types/observer.ts';
import { REDELIVERY, type End, type EventText, type Happened } from '../../story/entry.ts';
import type { Root } from '../memory/root.ts';
import { now } from '../clock.ts';
import type { InspectorState } from '../state.ts';
import { own } from '../text/own.ts';
import { writeValue } from '../text/write-value.ts';
import { attemptOf, named, nameOf, pathOf } from './names.ts';

const LONGEST_PAYLOAD = 64 * 1024;
const LONGEST_META = 4 * 1024;

/** The parts of an event's text that are written once its call is known, which has the values to hide. */
type Late = Pick<EventText, 'key' | 'meta'>;

/**
 * Makes the observer that writes into a state. It keeps only texts: no ctx, payload or error. It runs with every call, so
 * each entry is made in one piece, with `undefined` for what is missing. Readers of entries never see those fields.
 */
export function observerOf(state: InspectorState): Omit<EventObserver, 'name'> {
  const { memory } = state;
  const endOf = (outcome: Outcome, root: Root, event?: AnyEvent): End => {
    if (outcome.ok) return OK;
    const failure = event && outcome.failures?.find(({ id }) => id === event.id);
    // A call of `handleMany` that lists failures has not failed for its other events.
    if (event !== undefined && outcome.failures !== undefined && failure === undefined) return OK;
    return { ok: false, error: errorOf(failure === undefined ? outcome.error : failure.error, root) };
  };
  const errorOf = (error: unknown, root: Root) => state.writeError(error, root.secrets);
  const process = () => state.settings.process;

  const open = (scope: ScopeInfo): void => {
    const { id, kind, path, type, batchIndex, parent, attempt, defer } = scope;
    state.add({
      kind: 'opened',
      at: now(),
      process: process(),
      call: id,
      scope: kind,
      defer,
      path: path === undefined ? undefined : pathOf(path),
      type,
      batchIndex,
      parent: parent?.id,
      by: attempt?.id,
    } as Happened);
  };
  /** Writes what is kept of an event's payload, meta and key. The payload comes first: it says what must be hidden. */
  const write = (event: AnyEvent, { secrets }: Root): Late => {
    const { id, name, payload, meta, key } = event;
    const { payloads, redact } = state.settings;
    // The values to hide must be found even if no payload is kept, because the key may have them.
    const hiding = state.buses.hidingOf(name, redact);
    const hasMeta = payloads && isFilled(meta);
    let about = hasMeta ? writeValue(meta, LONGEST_META, undefined, secrets) : undefined;
    const { version } = secrets;
    const text = writeValue(payload, LONGEST_PAYLOAD, hiding, secrets);
    if (payloads) memory.keep(id, text);
    // The meta may have what is hidden in the payload, and the other way around.
    if (hasMeta && secrets.version !== version) about = writeValue(meta, LONGEST_META, undefined, secrets);
    return {
      key: payloads && key !== undefined ? named(secrets.scrub(key)) : undefined,
      meta: about?.isCut === false ? own(about.text) : undefined,
    } as Late;
  };
  /** Adds an entry that has a text of an error or a payload. That text is written once the entry's call is known. */
  const complete = (happened: Happened, rest: (root: Root) => object): void => {
    const root = state.place(happened);
    if (root !== undefined) memory.put(root, Object.assign(happened, rest(root)));
  };
  /** Adds the end of an attempt on an event. */
  const finish = (attempt: string, outcome: Outcome, event: AnyEvent): void => {
    const at = now();
    const root = memory.rootOf(attempt);
    if (root === undefined) return;
    const { ok, error } = endOf(outcome, root, event);
    memory.put(root, { kind: 'finished', at, process: process(), attempt, ok, error } as Happened);
  };

  return {
    attached: (bus) => state.attach(bus),
    scopeOpened: open,
    scopeSettled({ id }, outcome) {
      const at = now();
      const root = memory.rootOf(id);
      if (root === undefined) return;
      const { ok, error } = endOf(outcome, root);
      memory.put(root, { kind: 'settled', at, process: process(), call: id, ok, error } as Happened);
    },
    responseSent: ({ id }) => state.add({ kind: 'answered', at: now(), process: process(), call: id }),
    responseUnknown({ id }, { isDirect }) {
      const why = isDirect ? 'called directly' : SOCKET;
      state.add({ kind: 'unanswered', at: now(), process: process(), call: id, why });
    },
    dispatched(event, { when, scope, attempt }) {
      // A subscription may outlive what is kept, and an observer may be added in the middle of a call.
      if (scope !== undefined && memory.rootOf(scope.id) === undefined) open(scope);
      const by = (scope ?? attempt)?.id;
      const { id, name, correlationId, causationId, depth, path } = event;
      const happened = {
        kind: 'dispatched',
        at: now(),
        process: process(),
        when,
        event: id,
        name,
        correlationId,
        causationId,
        depth,
        path: path === undefined ? undefined : pathOf(path),
        by,
        key: undefined,
        meta: undefined,
      };
      complete(happened as Happened, (root) => write(event, root));
      state.buses.check(state.latest.redact);
    },
    discarded: ({ id }, { reason }) =>
      state.add({ kind: 'dropped', at: now(), process: process(), event: id, reason }),
    unhandled: ({ id }) => state.add({ kind: 'unhandled', at: now(), process: process(), event: id }),
    backedOff({ id, events }, { delay }) {
      for (let i = 0; i < events.length; i++)
        state.add({ kind: 'backedOff', at: now(), process: process(), attempt: attemptOf(id, i), delay });
    },
    deadLettered({ event, listener, reason, attempts, error }) {
      state.addFailed(event);
      complete(
        {
          kind: 'gaveUp',
          at: now(),
          process: process(),
          event: event.id,
          listener: named(listener),
          reason,
          attempts,
          error: NONE,
        },
        // The listener threw the cause of this error.
        (root) => ({ error: errorOf(error.cause ?? error, root) }),
      );
    },
    refused(error, { from, id, name }) {
      complete(
        {
          kind: 'refused',
          at: now(),
          process: process(),
          event: id === undefined ? undefined : named(id),
          name: name === undefined ? undefined : named(name),
          destination: from === undefined ? undefined : named(from.destination),
          error: NONE,
        } as Happened,
        (root) => ({ error: errorOf(error, root) }),
      );
    },
    errored(error, { event, listener }) {
      // Attempts and `deadLettered` tell of errors of listeners, and `refused` tells of refused messages.
      if (error.code === 'LISTENER_FAILED' || error.code === 'BAD_MESSAGE') return;
      complete(
        {
          kind: 'reported',
          at: now(),
          process: process(),
          event: event?.id,
          listener: listener === undefined ? undefined : named(listener),
          error: NONE,
        } as Happened,
        (root) => ({ error: errorOf(error, root) }),
      );
    },
    wrapFlush({ events, origin }, run) {
      for (const { id, traceparent } of events) {
        // An observer of tracing has put its span on the event by now.
        state.add({
          kind: 'released',
          at: now(),
          process: process(),
          event: id,
          origin,
          traceparent,
        } as Happened);
      }
      void run();
    },
    async wrapAttempt(info, run) {
      const { id, events, listener, kind: listenerKind, attempt: number, attempts: of } = info;
      for (const [i, event] of events.entries()) {
        state.add({
          kind: 'started',
          at: now(),
          process: process(),
          attempt: attemptOf(id, i),
          event: event.id,
          listener: nameOf(listener),
          listenerKind,
          number,
          of,
        });
      }
      const outcome = await run();
      for (const [i, event] of events.entries()) finish(attemptOf(id, i), outcome, event);
    },
    async wrapSend({ forwarder, system, destination, events }, run) {
      const from = now();
      const outcome = await run();
      for (const event of events) {
        complete(
          {
            kind: 'sent',
            at: now(),
            process: process(),
            event: event.id,
            listener: nameOf(forwarder),
            system: nameOf(system),
            destination: nameOf(destination),
            from,
            ok: true,
          },
          (root) => endOf(outcome, root, event),
        );
      }
    },
    wrapDelivery({ event, attempt: number, from }, run) {
      const { id, name, correlationId, causationId, depth, path } = event;
      const happened = {
        kind: 'arrived',
        at: now(),
        process: process(),
        number,
        event: own(id),
        name,
        correlationId: own(correlationId),
        causationId: causationId === undefined ? undefined : own(causationId),
        depth,
        path: path === undefined ? undefined : pathOf(path),
        // Only the inspector knows of a redelivery by its reader.
        system: state.redelivering.delete(id) ? REDELIVERY : from && named(from.system),
        destination: from && named(from.destination),
        key: undefined,
        meta: undefined,
      };
      complete(happened as Happened, (root) => write(event, root));
      void run();
    },
  };
}

/** The reason for a call that has an abort signal, but no response that could be found. */
const SOCKET = "WebSocket, or a server that doesn't tell";
const NONE = { name: '', message: '' };
const OK: End = { ok: true };

function isFilled(meta: unknown): boolean {
  for (const _ in meta as object) return true;
  return false;
}
