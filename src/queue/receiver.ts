import type { Envelope } from '../core/types/event.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject, isThenable } from '../core/words/guards.ts';
import { aString, readOptions, type Rules, withMethods } from '../core/words/options.ts';
import { causeOf } from '../core/words/quote.ts';
import { isAborted } from '../core/words/signals.ts';
import { cloudEvents } from '../wire/cloud-events.ts';
import { traceOf } from '../wire/fields.ts';
import { Claims, whyNotRecognized } from './claims.ts';
import { assertBus } from './options.ts';
import type {
  AcknowledgeReason,
  Receive,
  ReceivedMessage,
  ReceiveCounts,
  ReceiverOptions,
  ReceivingBus,
  Verdict,
} from './types.ts';

const REASONS: ReadonlySet<unknown> = new Set<AcknowledgeReason>(['refused', 'unknown', 'failed']);
/** The rules for what all consumers take. */
export const RECEIVE_OPTIONS: Rules = {
  codec: withMethods(['encode', 'decode'], 'a codec, such as cloudEvents()'),
  acknowledge: {
    ok: (v) => Array.isArray(v) && v.every((reason) => REASONS.has(reason)),
    words: "a list of 'refused', 'unknown' and 'failed'",
  },
  dedupe: withMethods(
    ['claim', 'extend', 'complete', 'release'],
    'a store with claim, extend, complete and release, such as memoryDedupe()',
  ),
};
const OPTIONS: Rules = { ...RECEIVE_OPTIONS, name: aString, system: aString, destination: aString };

/** @throws EventsError `BAD_MESSAGE` if the codec returned no envelope, because it is asynchronous or broken */
function assertEnvelope(envelope: unknown): asserts envelope is Envelope {
  if (isThenable(envelope)) {
    // Nothing waits for the promise, so its rejection would end the process.
    Promise.resolve(envelope).catch(() => {});
    throw new EventsError(
      'BAD_MESSAGE',
      'decode of its codec returned a promise, and a codec is synchronous.',
    );
  }
  if (!isObject(envelope)) throw new EventsError('BAD_MESSAGE', 'decode of its codec returned no envelope.');
}

/** The lease of a message whose consumer gives none, in ms. */
const LEASE = 30_000;

/**
 * The outcome of a message: it is done, or counts as done; a listener or its chain failed; it is no valid event, or one
 * that the catalog lacks; another process has it; this process can't take it as it is set up; or the bus is closed,
 * disabled, or without a ctx.
 */
export type Outcome = 'handled' | 'failed' | 'refused' | 'busy' | 'unable' | 'closed';

const VERDICTS: Readonly<Record<Outcome, Verdict>> = {
  handled: 'acknowledge',
  failed: 'retry',
  refused: 'leave',
  busy: 'leave',
  unable: 'leave',
  closed: 'release',
};

/**
 * Makes the function that turns a message into a verdict: decodes it, skips the listeners that have handled its event
 * before, and delivers it to the others. A consumer of any broker is a loop around it.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { receiver } from 'trpc-events/queue';
 *
 * const receive = receiver(bus, { name: 'nats/orders', system: 'nats', destination: 'orders' });
 * queue.receive(async (text) => (await receive({ text, id })) === 'acknowledge');
 * ```
 */
export function receiver(bus: ReceivingBus, given: ReceiverOptions): Receive {
  assertBus('receiver', bus);
  const { counts, handle } = handling(bus, given);
  return Object.assign(async (message: ReceivedMessage) => VERDICTS[await handle(message)], { counts });
}

/** A receiver that says what became of a message, and not what to do with it. */
export interface Handling {
  readonly counts: Readonly<ReceiveCounts>;
  /** Never rejects. */
  handle(message: ReceivedMessage): Promise<Outcome>;
}

/** Makes a receiver for callers that must tell refused messages from busy ones, such as an HTTP route. */
export function handling(bus: ReceivingBus, given: ReceiverOptions): Handling {
  const options = readOptions('receiver', given, OPTIONS);
  const { name, system, destination, codec = cloudEvents(), acknowledge = [], dedupe } = options;
  if (name === undefined || system === undefined || destination === undefined)
    throw new EventsError('BAD_OPTION', "receiver needs name, system (such as 'nats') and destination.");
  const described = bus.describe();
  if (acknowledge.includes('failed') && !described.options.deadLetter) {
    throw new EventsError(
      'BAD_OPTION',
      `${name}: acknowledge: ['failed'] would lose events, because the bus has no deadLetter that keeps them. Give e.bus a deadLetter.`,
    );
  }
  const notRecognized = dedupe && whyNotRecognized(described.listeners);
  if (notRecognized !== undefined) throw new EventsError('BAD_OPTION', `${name}: ${notRecognized}`);
  const counts: ReceiveCounts = { received: 0, acknowledged: 0, failed: 0, refused: 0, skipped: 0 };
  return { counts, handle };

  async function handle(message: ReceivedMessage): Promise<Outcome> {
    counts.received++;
    const outcome = await outcomeOf(message);
    if (outcome === 'handled') counts.acknowledged++;
    return outcome;
  }

  async function outcomeOf(message: ReceivedMessage): Promise<Outcome> {
    const { id, lease = { ms: LEASE }, signal } = message;
    if (isAborted(signal)) return 'busy';
    const claims = dedupe && new Claims(dedupe, lease, (error) => report(error, id));
    try {
      const envelope = decode(message);
      const listeners = claims && knownListeners(envelope);
      if (listeners !== undefined) {
        if (!(await claims!.take(envelope, listeners))) return 'busy';
        if (claims!.listeners.length === 0 && listeners.length > 0) {
          counts.skipped++;
          return 'handled';
        }
      }
      // While the store was asked, the message may have been lost, or given back.
      if (!isAborted(signal)) return await deliver(envelope, message, claims, listeners?.length);
      await claims?.releaseAll();
      return 'busy';
    } catch (error) {
      await claims?.releaseAll();
      return refused(error, id);
    }
  }

  function decode({ text, id, time = new Date(), attributes = {} }: ReceivedMessage): Envelope {
    let envelope: unknown;
    try {
      envelope = codec.decode(text, { id, time, attributes });
    } catch (thrown) {
      if (thrown instanceof EventsError) throw thrown;
      // The message names only the kind of the error. The error and its text may quote the payload, as those of JSON.parse do.
      const what = thrown instanceof Error ? thrown.name : `a ${typeof thrown}`;
      throw new EventsError('BAD_MESSAGE', `decode of its codec threw ${what}.`);
    }
    assertEnvelope(envelope);
    return envelope.traceparent === undefined ? { ...envelope, ...traceOf(undefined, attributes) } : envelope;
  }

  /** Returns the listeners that a delivery would reach; `undefined` if `bus.deliver` will refuse the message anyway. */
  function knownListeners(envelope: Envelope) {
    const { name: event, id } = envelope;
    if (typeof event !== 'string' || typeof id !== 'string') return undefined;
    const listeners = bus.listeners(event);
    const notRecognized = whyNotRecognized(listeners);
    if (notRecognized !== undefined) throw new EventsError('BAD_OPTION', notRecognized);
    return listeners;
  }

  async function deliver(
    envelope: Envelope,
    { id, attempt, signal, budget }: ReceivedMessage,
    claims: Claims | undefined,
    all: number | undefined,
  ): Promise<Outcome> {
    const chosen = claims?.listeners ?? [];
    const { failures } = await bus.deliver(envelope, {
      from: { system: system!, destination: destination!, messageId: id },
      attempt,
      signal,
      budget,
      listener: chosen.length === all || chosen.length === 0 ? undefined : chosen,
    });
    await claims?.settle(failures);
    if (failures.length === 0) return 'handled';
    counts.failed++;
    return acknowledge.includes('failed') ? 'handled' : 'failed';
  }

  function refused(thrown: unknown, id: string): Outcome {
    const code = thrown instanceof EventsError ? thrown.code : undefined;
    if (code === 'CLOSED' || code === 'DISABLED') return 'closed';
    report(thrown, id);
    if (code === 'BAD_MESSAGE' || code === 'UNKNOWN_EVENT') {
      counts.refused++;
      const isAccepted = code === 'UNKNOWN_EVENT' && acknowledge.includes('unknown');
      return isAccepted || acknowledge.includes('refused') ? 'handled' : 'refused';
    }
    // The message may be right: something is wrong with this process. Without a ctx, it can handle no message at all.
    counts.failed++;
    return code === 'NO_CONTEXT' ? 'closed' : 'unable';
  }

  function report(thrown: unknown, id: string): void {
    const [code, why] =
      thrown instanceof EventsError
        ? [thrown.code, thrown.message]
        : ['RECEIVE_FAILED' as const, causeOf(thrown)];
    bus.report(new EventsError(code, `${name}, message ${id}: ${why}`, { cause: thrown }));
  }
}
