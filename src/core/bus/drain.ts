import { LOOK_EVERY, requestsAreIsolated } from '../host/isolation.ts';
import type { BusState } from '../model/bus-state.ts';
import { describeWork } from '../model/describe-work.ts';
import { nearestOpen } from '../scope/scope.ts';
import { scopeOfBus } from '../scope/storage.ts';
import type { DrainOptions } from '../types/bus.ts';
import { EventsError } from '../words/errors.ts';
import { readOptions, milliseconds } from '../words/options.ts';
import { Timeout } from './timeout.ts';

/** `bus.drain`: waits until no flush is deferred or under way. */
export async function drain(bus: BusState, options?: DrainOptions): Promise<void> {
  const { timeout } = readOptions('bus.drain', options, { timeout: milliseconds });
  if (callerIn(bus) === 'a listener') throw selfWait('bus.drain', 'a listener');
  const limit = new Timeout(timeout);
  try {
    await until(bus, 'bus.drain', limit, () => bus.isIdle);
  } finally {
    limit.stop();
  }
}

/** Returns the kind of work that the caller runs in, if any: waiting for that work would mean waiting for itself. */
export function callerIn(bus: BusState): 'a listener' | 'an open call' | undefined {
  const root = nearestOpen(scopeOfBus(bus))?.root;
  if (root === undefined) return undefined;
  return root.isAttempt ? 'a listener' : 'an open call';
}

export function selfWait(what: string, who: string): EventsError {
  return new EventsError(
    'SELF_WAIT',
    `${what} was called in ${who}, which it would wait for. Call it from outside, or do not await it here.`,
  );
}

/**
 * Waits until `isOver` returns true, and meanwhile begins every deferred flush. `more` names other work for the message of
 * a timeout. If requests are isolated, it polls, and leaves deferred flushes to the requests that they belong to.
 *
 * @throws EventsError `DRAIN_TIMEOUT`
 */
export async function until(
  bus: BusState,
  what: string,
  limit: Timeout,
  isOver: () => boolean,
  more: () => readonly string[] = () => [],
): Promise<void> {
  let looks: ReturnType<typeof setInterval> | undefined;
  let check = () => {};
  let isChecking = false;
  try {
    await new Promise<void>((resolve, reject) => {
      check = () => {
        // A flush that ends at once calls `check` again. With thousands of deferred flushes, that would be a deep stack.
        if (isChecking) return;
        isChecking = true;
        // A flush leaves the list when it begins, and may add others.
        if (!requestsAreIsolated) while (bus.deferred.first) void bus.deferred.first.begin();
        isChecking = false;
        if (isOver()) resolve();
      };
      if (requestsAreIsolated) looks = setInterval(check, LOOK_EVERY);
      else bus.idleWaiters.add(check);
      limit.whenOver = () => reject(tooLong(bus, what, limit, more()));
      check();
      if (limit.isOver) limit.whenOver();
    });
  } finally {
    limit.whenOver = undefined;
    clearInterval(looks);
    bus.idleWaiters.delete(check);
  }
}

function tooLong(bus: BusState, what: string, { ms }: Timeout, more: readonly string[]): EventsError {
  const calls = `${bus.openCalls} open ${bus.openCalls === 1 ? 'call' : 'calls'}`;
  const work = describeWork(bus, bus.closing && bus.openCalls > 0 ? [calls, ...more] : more);
  return new EventsError('DRAIN_TIMEOUT', `${what} waited ${ms} ms, and there still runs: ${work}.`);
}
