import type { BusState } from '../model/bus-state.ts';
import { NO_CTX, type Item } from '../model/item.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import { causeOf } from '../words/quote.ts';
import { isNoRetry, noRetry } from './no-retry.ts';

/**
 * Makes the ctx of items that come from no procedure, if one of their targets needs it. Returns a promise if that takes
 * time.
 */
export function makeContexts(
  bus: BusState,
  items: readonly Item[],
  isNeeded: (item: Item) => boolean,
): Promise<unknown> | undefined {
  let pending: Promise<void>[] | undefined;
  for (const item of items) {
    if (item.ctx !== NO_CTX || !isNeeded(item)) continue;
    const made = makeContext(bus, item);
    if (made !== undefined) (pending ??= []).push(made);
  }
  return pending && Promise.all(pending);
}

function makeContext(bus: BusState, item: Item): Promise<void> | undefined {
  const { createContext } = bus.settings;
  // `failure` is cleared only when the new ctx is there: until then, another listener must not run without one.
  const set = (ctx: unknown) => {
    item.ctx = ctx;
    item.failure = undefined;
  };
  const fail = (cause: unknown) => {
    item.failure = isNoRetry(cause) ? noRetry(contextFailed(cause.cause)) : contextFailed(cause);
  };
  try {
    const made: unknown = createContext === undefined ? {} : createContext({ event: item.event });
    if (isThenable(made)) return Promise.resolve(made).then(set, fail);
    set(made);
  } catch (cause) {
    fail(cause);
  }
  return undefined;
}

export function contextFailed(cause: unknown): EventsError {
  return new EventsError('NO_CONTEXT', `createContext threw ${causeOf(cause)}`, { cause });
}

/** Tries `createContext` again if it failed before the last attempt. */
export async function remakeContext(bus: BusState, item: Item): Promise<void> {
  if (item.failure !== undefined) await makeContext(bus, item);
}
