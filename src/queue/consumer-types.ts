import type { AnyApp } from '../core/types/app.ts';
import type { CoreBus } from '../core/types/bus.ts';
import type { ReceiveCounts, ReceivingBus } from './types.ts';

/** The part of a bus that consumers use. */
export type ConsumingBus = ReceivingBus & Pick<CoreBus<AnyApp>, 'attachSource' | 'close'>;

/**
 * The state of a consumer: not started yet; taking messages; trying to reach its broker; finishing what it has taken;
 * ended.
 */
export type ConsumerState = 'idle' | 'running' | 'unreachable' | 'stopping' | 'stopped';

/** The state and the counts of a consumer: a plain object, for a health route. */
export interface ConsumerStatus extends Readonly<ReceiveCounts> {
  /** The consumer's state now. */
  readonly state: ConsumerState;
  /** The number of messages that were taken and that the broker has not answered for yet. */
  readonly inFlight: number;
  /** When the broker last answered any request without an error. A watchdog can restart a worker if this is too long ago. */
  readonly lastAnswer: Date | undefined;
  /** The error of the last request that failed. It stays when the broker answers again. */
  readonly lastError: string | undefined;
}

/** The options of `stop`. */
export interface StopOptions {
  /**
   * How long the messages that were taken may still be handled, in ms. Messages that are not done by then are given back.
   * Default: 25,000.
   */
  timeout?: number | undefined;
}
/** The options of `run`. */
export interface RunOptions extends StopOptions {
  /** Stops the consumer, as SIGTERM does. Default: none. */
  signal?: AbortSignal | undefined;
}

/** Takes messages from a queue, and delivers them to a bus. */
export interface QueueConsumer extends AsyncDisposable {
  /**
   * Asks the broker once, and begins to take messages. If the broker can't be reached, that is not an error: the consumer
   * keeps trying forever. A consumer starts once. It keeps no context of the call in which it was started, unless its module
   * was loaded in that call.
   *
   * @throws EventsError (as a rejection) `RECEIVE_FAILED` if waiting doesn't help, such as for credentials, a region, an
   * unknown queue or a permission; `BAD_OPTION` if it was started before; `CLOSED` if it or the bus has ended
   *
   * @example
   * ```ts
   * import { sqsConsumer } from 'trpc-events/sqs';
   *
   * const consumer = sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL! });
   * await consumer.start();
   * ```
   */
  start(): Promise<void>;
  /**
   * Stops taking messages, handles those that were taken while there is time, and gives the others back. Resolves when
   * the broker has answered for all of them. May be called at any time, and several times: the shortest `timeout` counts.
   * A listener must not wait for it.
   *
   * @throws EventsError (as a rejection) `BAD_OPTION`
   *
   * @example
   * ```ts
   * import { sqsConsumer } from 'trpc-events/sqs';
   *
   * const consumer = sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL! });
   * process.once('SIGTERM', () => void consumer.stop({ timeout: 10_000 }));
   * ```
   */
  stop(options?: StopOptions): Promise<void>;
  /**
   * Starts, and waits for SIGTERM, SIGINT or `signal`. Then stops the consumer, closes the bus, and resolves. Also
   * resolves if the consumer has stopped by itself, because the bus was closed or disabled. A second signal changes
   * nothing: stop and close share the limit `timeout`, by default 25,000 ms. If the stop took all of it, the bus gets 1 s more.
   *
   * @throws EventsError (as a rejection) what `start` and `bus.close` reject with
   *
   * @example
   * ```ts
   * import { sqsConsumer } from 'trpc-events/sqs';
   *
   * await sqsConsumer(bus, { queueUrl: process.env.QUEUE_URL! }).run();
   * ```
   */
  run(options?: RunOptions): Promise<void>;
  /** A copy of the consumer's state and counts. */
  readonly status: ConsumerStatus;
}

/** How long a stop may take. */
export interface StopLimit {
  /** Aborts when the time is nearly over. The intake then ends its requests, aborts listeners, and gives back what waits. */
  readonly nearlyOver: AbortSignal;
  /** Aborts a moment after `nearlyOver`. The intake then gives back what is still at work. */
  readonly lastMoment: AbortSignal;
  /** How much time is left when this is read, in ms. */
  readonly ms: number;
}

/** The part of a consumer that differs from broker to broker. */
export interface Intake {
  /** The number of messages that were taken and that the broker has not answered for yet. */
  readonly inFlight: number;
  /**
   * Asks the broker once, and rejects if waiting doesn't help. Then keeps taking messages in the background. Called once,
   * or again after it has rejected.
   */
  open(): Promise<void>;
  /**
   * Stops taking messages, even if `open` has not resolved. Resolves when the broker has answered for each message
   * that was taken. Called once, and only after `open`.
   */
  close(limit: StopLimit): Promise<void>;
  /** Stops waiting for answers and keeping the process alive, because the time of a stop is over. */
  abandon(): void;
}
