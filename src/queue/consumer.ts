import { EventsError } from '../core/words/errors.ts';
import { aSignal, milliseconds, readOptions } from '../core/words/options.ts';
import { causeOf } from '../core/words/quote.ts';
import { isAborted, letGo, listen } from '../core/words/signals.ts';
import type { Connection } from './connection.ts';
import type {
  ConsumerState,
  ConsumerStatus,
  ConsumingBus,
  Intake,
  QueueConsumer,
  RunOptions,
  StopOptions,
} from './consumer-types.ts';
import { outside } from './outside.ts';
import { onEndSignals } from './process-signals.ts';
import { StopTimer } from './stop-timer.ts';
import type { ReceiveCounts } from './types.ts';

const TIMEOUT = 25_000;

/** The parts of a consumer. */
export interface ConsumerParts {
  readonly name: string;
  readonly counts: Readonly<ReceiveCounts>;
  readonly connection: Connection;
  /** Makes the intake, which takes the messages. It calls `stopSoon` to stop its consumer. */
  intake(stopSoon: () => void): Intake;
}

/** Makes a consumer from the parts that differ between brokers. Starting, stopping and the states are the same for all. */
export function makeConsumer(
  bus: ConsumingBus,
  { name, counts, connection, intake }: ConsumerParts,
): QueueConsumer {
  const taking = intake(() => void stop());
  let hasEnded!: () => void;
  const ended = new Promise<void>((resolve) => (hasEnded = resolve));
  const timer = new StopTimer();
  let state: Exclude<ConsumerState, 'unreachable'> = 'idle';
  let starting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let detach: (() => void) | undefined;

  function start(): Promise<void> {
    if (stopping !== undefined) return refuse('CLOSED', 'it was stopped. Make another consumer');
    if (starting !== undefined) return refuse('BAD_OPTION', 'it was started before. Call start or run once');
    const begun = (starting = outside(begin));
    begun.catch(() => {
      detach?.();
      // The same consumer may be started again when the fault is repaired.
      starting = undefined;
      if (stopping === undefined) state = 'idle';
    });
    return begun;
  }

  function refuse(code: 'CLOSED' | 'BAD_OPTION', why: string): Promise<never> {
    return Promise.reject(new EventsError(code, `${name} can't start: ${why}.`));
  }

  async function begin(): Promise<void> {
    detach = bus.attachSource({ name, stop: ({ timeout }) => stop({ timeout }) });
    state = 'running';
    await taking.open();
  }

  async function stop(options?: StopOptions): Promise<void> {
    const { timeout = TIMEOUT } = readOptions(`stop of ${name}`, options, { timeout: milliseconds });
    if (state === 'stopped') return;
    timer.endWithin(timeout);
    stopping ??= outside(end);
    await stopping;
  }

  async function end(): Promise<void> {
    if (starting !== undefined) {
      state = 'stopping';
      try {
        const isInTime = await timer.wait(taking.close(timer.limit));
        if (!isInTime) giveUpRest();
      } catch (error) {
        // A client that fails while it closes must not keep the stop from ending.
        const text = `${name}: its client has failed at the end: ${causeOf(error)}`;
        bus.report(new EventsError('RECEIVE_FAILED', text, { cause: error }));
        taking.abandon();
      }
    } else {
      await timer.wait(Promise.resolve());
    }
    state = 'stopped';
    detach?.();
    hasEnded();
  }

  function giveUpRest(): void {
    const { inFlight } = taking;
    const rest =
      inFlight === 1 ? '1 message, which may come again' : `${inFlight} messages, which may come again`;
    const text = `${name}: stop has run out of time. The broker has not answered for ${rest}.`;
    if (inFlight > 0) bus.report(new EventsError('RECEIVE_FAILED', text));
    taking.abandon();
  }

  async function run(options?: RunOptions): Promise<void> {
    const rules = { timeout: milliseconds, signal: aSignal };
    const { timeout = TIMEOUT, signal } = readOptions(`run of ${name}`, options, rules);
    let limit = Infinity;
    const asked = () => {
      limit = Math.min(limit, performance.now() + timeout);
      void stop({ timeout });
    };
    const release = onEndSignals(asked);
    listen(signal, asked);
    try {
      if (isAborted(signal)) asked();
      // A start that hangs must not hold up a stop.
      else await Promise.race([start(), ended]);
      await ended;
      // The bus gets at least a second, even if the stop took all the time, so that it reports by name what it still holds.
      await bus.close({ timeout: Math.max(Math.min(limit - performance.now(), timeout), 1000) });
    } finally {
      release();
      letGo(signal, asked);
    }
  }

  function status(): ConsumerStatus {
    const { lastAnswer, lastError, isUp } = connection;
    return {
      state: state === 'running' && !isUp ? 'unreachable' : state,
      inFlight: taking.inFlight,
      ...counts,
      lastAnswer,
      lastError,
    };
  }

  return {
    start,
    stop,
    run: (options) => outside(() => run(options)),
    get status() {
      return status();
    },
    [Symbol.asyncDispose]: () => stop(),
  };
}
