import type { AnyApp } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { Codec } from '../wire/codec.ts';

/** The part of a bus that receivers use. */
export type ReceivingBus = Pick<CoreBus<AnyApp>, 'deliver' | 'report' | 'listeners' | 'describe'>;

/**
 * A verdict says what a consumer does with a message. `'acknowledge'`: it deletes the message. `'retry'`: it lets the
 * message come again after a delay, because a listener or its chain failed, or because no listener takes the event and the
 * bus has `unhandled: 'error'`. `'leave'`: it does nothing, so that the message comes again when its time is over.
 * `'release'`: it gives the message back at once and stops, because the bus is closed, disabled, or without a ctx.
 */
export type Verdict = 'acknowledge' | 'retry' | 'leave' | 'release';

/** The time for which a broker hides a message from other consumers. */
export interface MessageLease {
  /** How much of that time is left, in ms. */
  readonly ms: number;
  /** Set by the receiver. Call it when the consumer has extended that time, with the time that is left, in ms. */
  extended?: ((ms: number) => void) | undefined;
}

/** A message as a consumer got it. */
export interface ReceivedMessage {
  /** The body of the message, which the codec decodes. */
  readonly text: string;
  /** The broker's id of the message. */
  readonly id: string;
  /** How often the broker has delivered the message, this time included. Default: 1. */
  readonly attempt?: number | undefined;
  /** When the message was sent. Default: now. */
  readonly time?: Date | undefined;
  /** The attributes of the message whose values are strings. Default: none. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Aborts the listeners' `signal` when the message was lost to another consumer, or when no time is left. */
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
   * Messages that are acknowledged although they were not handled. `'refused'`: every message that is refused.
   * `'unknown'`: only those whose event the catalog lacks. `'failed'`: those whose listeners have failed; the bus's
   * `deadLetter` then has the event. Default: nothing.
   */
  acknowledge?: readonly AcknowledgeReason[] | undefined;
  /**
   * Remembers which listener has handled which event, so that a message that comes again runs only the others. Default:
   * none; then it runs all of them.
   */
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
  /** Messages that were received. Each delivery of a message counts. */
  received: number;
  /** Messages that were to be deleted. If the delete fails, the message is received and counted again. */
  acknowledged: number;
  /** Messages that were not handled, although nothing is wrong with them. */
  failed: number;
  /** Messages that are not a valid event, or whose event the catalog lacks. */
  refused: number;
  /** Messages whose listeners had all handled their event before. */
  skipped: number;
}

/** Takes one message, and says what to do with it. Never rejects. */
export interface Receive {
  (message: ReceivedMessage): Promise<Verdict>;
  readonly counts: Readonly<ReceiveCounts>;
}

/** Says whether a listener should handle an event: it should, it already has, or another process is about to. */
export type Claim = 'run' | 'done' | 'busy';

type MayWait<T> = T | PromiseLike<T>;

/**
 * Remembers which listener has handled which event. Share one store between all processes of a queue. If a store throws,
 * or does not answer before the message would come again, that is reported. If this happens at `claim`, the message is
 * left in the queue.
 *
 * @example
 * ```ts
 * import type { DedupeStore } from 'trpc-events/queue';
 *
 * // A claim and what is done have keys of their own, so that nothing can shorten or remove what is done.
 * const redisDedupe: DedupeStore = {
 *   async claim(key, leaseMs) {
 *     if ((await redis.get(`done:${key}`)) !== null) return 'done';
 *     return (await redis.set(`busy:${key}`, '1', { NX: true, PX: leaseMs })) === null ? 'busy' : 'run';
 *   },
 *   extend: (key, leaseMs) => redis.pExpire(`busy:${key}`, leaseMs),
 *   complete: (key) => redis.set(`done:${key}`, '1', { PX: 14 * 86_400_000 }),
 *   release: (key) => redis.del(`busy:${key}`),
 * };
 * ```
 */
export interface DedupeStore {
  /** Claims a key for `leaseMs` ms, unless it is done or another claim on it has not ended. */
  claim(key: string, leaseMs: number): MayWait<Claim>;
  /** Makes the claim of a key last for `leaseMs` ms from now. Changes nothing if the key is done. */
  extend(key: string, leaseMs: number): MayWait<unknown>;
  /** Marks the key as done, whether it is claimed or not. */
  complete(key: string): MayWait<unknown>;
  /** Ends a claim, so that the key may be claimed again. Changes nothing if the key is done. */
  release(key: string): MayWait<unknown>;
}
