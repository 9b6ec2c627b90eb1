import type { BusState } from '../model/bus-state.ts';
import type { DrainOptions } from '../types/bus.ts';
import type { EventSource } from '../types/delivery.ts';
import { reportHook } from '../report/report.ts';
import { EventsError } from '../words/errors.ts';
import { memberOf } from '../words/guards.ts';
import { readOptions, milliseconds } from '../words/options.ts';
import { callerIn, selfWait, until } from './drain.ts';
import type { ClosableHandler } from './replace.ts';
import { stopSources } from './sources.ts';
import { Timeout } from './timeout.ts';

/** How long handlers may take to end, after `close` has run out of time and aborted their signals, in ms. */
const GRACE = 1000;

/**
 * Makes `bus.close`: it stops the sources, refuses new events, waits for open calls, drains, and closes the handlers
 * once. Then it calls `ended`.
 */
export function closer(bus: BusState, handlers: () => readonly ClosableHandler[], ended: () => void) {
  /** The sources that are being stopped. */
  const stopping = new Set<EventSource>();
  /** The names of the handlers that are being closed. */
  const closing = new Set<string>();
  let handlersClosed: Promise<void> | undefined;

  return async function close(options?: DrainOptions): Promise<void> {
    const { timeout } = readOptions('bus.close', options, { timeout: milliseconds });
    const caller = callerIn(bus);
    if (caller !== undefined) throw selfWait('bus.close', caller);
    const limit = new Timeout(timeout);
    bus.stopping = true;
    try {
      stopSources(bus, stopping, timeout);
      if (stopping.size > 0) await until(bus, 'bus.close', limit, () => stopping.size === 0, sourceNames);
      refuseEvents();
      await until(bus, 'bus.close', limit, () => bus.openCalls === 0 && bus.isIdle);
      bus.closed = true;
      bus.registry.leaveRouters();
      beginClosing();
      await until(bus, 'bus.close', limit, () => closing.size === 0, handlerNames);
      await handlersClosed;
    } catch (error) {
      if (limit.isOver) {
        await abort();
        ended();
      }
      throw error;
    } finally {
      limit.stop();
    }
    ended();
  };

  function sourceNames(): readonly string[] {
    return Array.from(stopping, ({ name }) => `the source ${name}`);
  }

  function handlerNames(): readonly string[] {
    return Array.from(closing, (name) => `close of ${name}`);
  }

  function refuseEvents(): void {
    bus.closing = true;
    for (const stream of bus.streams) stream.cut();
  }

  function beginClosing(): void {
    handlersClosed ??= closeHandlers();
    // After the timeout nobody awaits the promise: its rejection must not be unhandled.
    handlersClosed.catch(() => {});
  }

  /**
   * Ends what can be ended once the time is over: runs that wait for a slot or a next attempt, and handlers. Events that
   * these still hold are reported as failed. Calls and listeners go on, but handlers get no more events.
   */
  async function abort(): Promise<void> {
    refuseEvents();
    bus.isAborting = true;
    for (const run of bus.waitingRuns) run.stop('closed');
    // If the handlers are closing already, they have had their time.
    if (handlersClosed !== undefined) return;
    const reason = new EventsError('CLOSED', 'bus.close has run out of time');
    const aborted = bus.inFlight.items.filter((work) => work.abort?.(reason) === true);
    const grace = new Timeout(GRACE);
    const wait = (isOver: () => boolean) => until(bus, 'bus.close', grace, isOver).catch(() => {});
    await wait(() => aborted.every(({ index }) => index === -1));
    for (const work of aborted) if (work.index !== -1) work.abandon?.(reason);
    beginClosing();
    // The caller gets the error of the timeout, not this rejection, so it is reported.
    handlersClosed!.catch((thrown: unknown) => reportHook(bus, 'close of a handler', thrown));
    await wait(() => closing.size === 0);
    grace.stop();
  }

  async function closeHandlers(): Promise<void> {
    const closed = await Promise.allSettled(
      handlers().map(async (handler) => {
        closing.add(handler.name);
        try {
          await memberOf(handler, 'close')?.call(handler);
        } finally {
          closing.delete(handler.name);
          bus.notifyIdleWaiters();
        }
      }),
    );
    const failed = closed
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason as unknown);
    if (failed.length === 1) throw failed[0];
    if (failed.length > 1) throw new AggregateError(failed, 'Several handlers could not be closed');
  }
}
