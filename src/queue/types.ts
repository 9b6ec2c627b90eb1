import type { AnyApp } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { Codec } from '../wire/codec.ts';

/** The part of a bus that receivers use. */
export type ReceivingBus = Pick<CoreBus<AnyApp>, 'deliver' | 'report' | 'listeners' | 'describe'>;

/**
 * What a consumer does with a message: deletes it; lets it come again after a delay, because a listener failed; leaves it
 * alone, so that it comes again when its time is over; or gives it back at once and stops, because the bus is closed or
 * disabled.
 */
export type Verdict = 'acknowledge' | 'retry' | 'leave' | 'release';

/** The time for which a broker hides a message from other consumers. */
export interface MessageLease {
  /** That time, in ms. */
  readonly ms: number;
  /** Set by the receiver. Call it with the new time, in ms from now, when the consumer has extended it. */
  extended?: ((ms: number) => void) | undefined;
}

/** A message as a consumer got it. */
export interface ReceivedMessage {
  readonly text: string;
  /** The broker's id of the message. */
  readonly id: string;
  /** How often the broker has delivered the message, this time included. Default: 1. */
  readonly attempt?: number | undefined;
  /** When the message was sent. Default: now. */
  readonly time?: Date | undefined;
  /** The attributes of the message that are texts. Default: none. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Aborts the `signal` of the listeners: the message was lost to another consumer, or there is no time left. */
  readonly signal?: AbortSignal | undefined;
  /** How long the broker hides the message. Default: 30,000 ms, which nothing extends. */
  readonly lease?: MessageLease | undefined;
  /** How long listeners may be retried, in ms. Default: no limit. */
  readonly budget?: number | undefined;
}

/** Why a message may be acknowledged though it was not handled. */
export type AcknowledgeReason = 'refused' | 'unknown' | 'failed';

/** The options that all consumers take. */
export interface ReceiveOptions {
  /** The codec of the messages. Default: `cloudEvents()`. */
  codec?: Codec | undefined;
  /**
   * What is acknowledged though it was not handled: `'refused'`, every message that is refused; `'unknown'`, only one whose
   * event the catalog lacks; `'failed'`, one whose listeners have failed, which the bus's `deadLetter` has then. Default:
   * nothing.
   */
  acknowledge?: readonly AcknowledgeReason[] | undefined;
  /** Remembers which listener has handled which event, so that a message that comes again runs only the others. */
  dedupe?: DedupeStore | undefined;
}

/** The options of `receiver`. */
export interface ReceiverOptions extends ReceiveOptions {
  /** The name of the consumer, for reports. */
  name: string;
  /** The kind of broker, as OpenTelemetry names it: `'aws.sqs'`, `'gcp.pubsub'`, `'nats'`. */
  system: string;
  /** The name of the queue or the subscription. */
  destination: string;
}

/** How many messages a receiver has had, and what came of them. */
export interface ReceiveCounts {
  received: number;
  acknowledged: number;
  failed: number;
  refused: number;
  /** Messages whose listeners had all handled their event before. */
  skipped: number;
}

/** Takes one message, and says what to do with it. Never rejects. */
export interface Receive {
  (message: ReceivedMessage): Promise<Verdict>;
  readonly counts: Readonly<ReceiveCounts>;
}

/** Whether a listener is to handle an event: yes; it has; or another process is about to. */
export type Claim = 'run' | 'done' | 'busy';

type MayWait<T> = T | PromiseLike<T>;

/**
 * Remembers which listener has handled which event. Share one between all processes of a queue.
 *
 * @example
 * ```ts
 * import type { DedupeStore } from 'trpc-events/queue';
 *
 * const redisDedupe: DedupeStore = {
 *   async claim(key, leaseMs) {
 *     if ((await redis.set(key, 'busy', { NX: true, PX: leaseMs })) !== null) return 'run';
 *     return (await redis.get(key)) === 'done' ? 'done' : 'busy';
 *   },
 *   extend: (key, leaseMs) => redis.pExpire(key, leaseMs),
 *   complete: (key) => redis.set(key, 'done', { PX: 86_400_000 }),
 *   release: (key) => redis.del(key),
 * };
 * ```
 */
export interface DedupeStore {
  /** Claims a key for `leaseMs` ms, unless it is done, or another claim of it is not over. */
  claim(key: string, leaseMs: number): MayWait<Claim>;
  /** Makes the claim of a key last for `leaseMs` ms from now. */
  extend(key: string, leaseMs: number): MayWait<unknown>;
  /** Ends a claim: the key is done. */
  complete(key: string): MayWait<unknown>;
  /** Ends a claim: the key may be claimed again. */
  release(key: string): MayWait<unknown>;
}
