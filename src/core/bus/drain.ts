import { requestsAreIsolated, LOOK_EVERY } from '../host/isolation.ts';
import type { BusState } from '../model/bus-state.ts';
import { nearestOpen } from '../scope/scope.ts';
import { scopeOfBus } from '../scope/storage.ts';
import type { DrainOptions } from '../types/bus.ts';
import type { EventHandler } from '../types/handler.ts';
import { EventsError } from '../words/errors.ts';
import { checkOptions, milliseconds } from '../words/options.ts';

/** `bus.drain`: until no flush is deferred or under way. */
export async function drain(bus: BusState, options: DrainOptions = {}): Promise<void> {
  checkOptions('bus.drain', options, { timeout: milliseconds });
  if (callerIn(bus) === 'a listener') throw selfWait('bus.drain', 'a listener');
  await until(bus, 'bus.drain', options.timeout, () => bus.isIdle);
}

/** `bus.close`: refuses what is new, waits for what is open, drains, closes the handlers. */
export async function close(
  bus: BusState,
  handlers: readonly EventHandler[],
  options: DrainOptions = {},
): Promise<void> {
  checkOptions('bus.close', options, { timeout: milliseconds });
  const caller = callerIn(bus);
  if (caller !== undefined) throw selfWait('bus.close', caller);
  const begun = Date.now();
  bus.closing = true;
  for (const stream of bus.streams) stream.end();
  try {
    await until(bus, 'bus.close', options.timeout, () => bus.openCalls === 0 && bus.isIdle);
  } catch (error) {
    abortWaiting(bus);
    throw error;
  }
  bus.closed = true;
  bus.registry.leaveRouters();
  bus.handlersClosed ??= closeHandlers(bus, handlers);
  // Past the timeout nobody waits for it.
  bus.handlersClosed.catch(() => {});
  await until(bus, 'bus.close', options.timeout, () => bus.handlersClosing.size === 0, Date.now() - begun);
  await bus.handlersClosed;
}

/** There is no time left for what waits: it has failed, and goes where failures go. */
function abortWaiting(bus: BusState): void {
  bus.isAborting = true;
  for (const run of bus.waitingRuns) run.stop('closed');
}

/** What of the bus the caller runs in, and would wait for. */
function callerIn(bus: BusState): 'a listener' | 'an open call' | undefined {
  const root = nearestOpen(scopeOfBus(bus))?.root;
  if (root === undefined) return undefined;
  return root.isAttempt ? 'a listener' : 'an open call';
}

/**
 * Begins what is deferred, again and again, until there is nothing to wait for. On Cloudflare Workers it looks by itself,
 * and leaves what is deferred to the request that it belongs to.
 */
async function until(
  bus: BusState,
  what: string,
  timeout: number | undefined,
  isOver: () => boolean,
  spent = 0,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks: ReturnType<typeof setInterval> | undefined;
  let check = () => {};
  let isChecking = false;
  try {
    await new Promise<void>((resolve, reject) => {
      check = () => {
        // What begins here may end at once, and call this again: a stack of thousands, where so many are deferred.
        if (isChecking) return;
        isChecking = true;
        if (!requestsAreIsolated) for (const begin of bus.deferred.values()) void begin();
        isChecking = false;
        if (isOver()) resolve();
      };
      if (requestsAreIsolated) looks = setInterval(check, LOOK_EVERY);
      else bus.idleWaiters.add(check);
      if (timeout !== undefined)
        timer = setTimeout(() => reject(tooLong(bus, what, timeout)), Math.max(timeout - spent, 0));
      check();
    });
  } finally {
    clearTimeout(timer);
    clearInterval(looks);
    bus.idleWaiters.delete(check);
  }
}

function tooLong(bus: BusState, what: string, timeout: number): EventsError {
  const running = bus.inFlight.items.map((lane) => lane.describe());
  for (const { entries } of bus.awaitingContext) {
    const { name, id } = entries[0]!.event;
    running.push(`createContext for ${name} ${id}`);
  }
  if (bus.closing && bus.openCalls > 0)
    running.push(`${bus.openCalls} open ${bus.openCalls === 1 ? 'call' : 'calls'}`);
  for (const name of bus.handlersClosing) running.push(`close of ${name}`);
  const shown = running.slice(0, 10).join('; ');
  const more = running.length > 10 ? `; and ${running.length - 10} more` : '';
  return new EventsError(
    'DRAIN_TIMEOUT',
    `${what} waited ${timeout} ms, and there still runs: ${shown}${more}.`,
  );
}

function selfWait(what: string, who: string): EventsError {
  return new EventsError(
    'SELF_WAIT',
    `${what} was called in ${who}, which it would wait for: call it from outside, without waiting for it here.`,
  );
}

async function closeHandlers(bus: BusState, handlers: readonly EventHandler[]): Promise<void> {
  const closed = await Promise.allSettled(
    handlers.map(async (handler) => {
      bus.handlersClosing.add(handler.name);
      try {
        await handler.close?.();
      } finally {
        bus.handlersClosing.delete(handler.name);
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
