import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../src/index.ts';
import type { AnyEvent, EventHandler } from '../../src/index.ts';

/** The events that the tests of core dispatch. */
export const catalog = defineEvents({
  'user.created': z.object({ id: z.string() }),
  'user.deleted': z.object({ id: z.string() }),
  'order.placed': z.object({ id: z.string(), total: z.number().default(0) }),
  'cache.cleared': z.void(),
  'cat.spotted': unchecked<unknown>(),
});
export const e = initEvents.create(catalog);

/** Makes a handler that records every event it gets. */
export function collector(options: Partial<EventHandler> = {}) {
  const events: AnyEvent[] = [];
  const handler: EventHandler = { name: 'collector', handle: (event) => events.push(event), ...options };
  return {
    handler,
    events,
    get names() {
      return events.map(({ name }) => name);
    },
    get payloads() {
      return events.map(({ payload }) => payload);
    },
  };
}

/** Returns what `fn` throws, and throws if it throws nothing. */
export function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

/** Returns what `promise` rejects with, and throws if it does not reject. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}

/** Returns `fn` without its parameter types, so that a test can call it as JavaScript users may. */
export function untyped<R>(fn: (...args: never[]) => R): (...args: unknown[]) => R {
  return fn as (...args: unknown[]) => R;
}
