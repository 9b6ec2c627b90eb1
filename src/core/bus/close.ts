import type { BusState } from '../model/bus-state.ts';
import type { DrainOptions } from '../types/bus.ts';
import { memberOf } from '../words/guards.ts';
import { readOptions, milliseconds } from '../words/options.ts';
import { callerIn, selfWait, until } from './drain.ts';
import type { ClosableHandler } from './replace.ts';
import { TimeLimit } from './time-limit.ts';

/** Makes `bus.close`: it refuses new events, waits for open calls, drains, and closes the handlers once. */
export function closer(bus: BusState, handlers: () => readonly ClosableHandler[]) {
  /** The names of the handlers that are being closed. */
  const closing = new Set<string>();
  let handlersClosed: Promise<void> | undefined;

  return async function close(options?: DrainOptions): Promise<void> {
    const { timeout } = readOptions('bus.close', options, { timeout: milliseconds });
    const caller = callerIn(bus);
    if (caller !== undefined) throw selfWait('bus.close', caller);
    bus.closing = true;
    for (const stream of bus.streams) stream.cut();
    const limit = new TimeLimit(timeout);
    try {
      await closeWithin(limit);
    } finally {
      limit.stop();
    }
  };

  async function closeWithin(limit: TimeLimit): Promise<void> {
    try {
      await until(bus, 'bus.close', limit, () => bus.openCalls === 0 && bus.isIdle);
    } catch (error) {
      abortWaiting();
      throw error;
    }
    bus.closed = true;
    bus.registry.leaveRouters();
    handlersClosed ??= closeHandlers();
    // After the timeout nobody awaits the promise: its rejection must not be unhandled.
    handlersClosed.catch(() => {});
    await until(bus, 'bus.close', limit, () => closing.size === 0, closing);
    await handlersClosed;
  }

  /** Stops all runs that wait for a slot or a next attempt: they have failed, and are reported. */
  function abortWaiting(): void {
    bus.isAborting = true;
    for (const run of bus.waitingRuns) run.stop('closed');
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
