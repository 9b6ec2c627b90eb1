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

/** A handler that keeps what it gets. */
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

/** A promise, and what resolves it. */
export function gate<T = void>() {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

/** Lets everything run that can run now. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What a function throws. */
export function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not reject');
}

/** A function that takes what its types refuse, as users of JavaScript may give it. */
export function untyped<R>(fn: (...args: never[]) => R): (...args: unknown[]) => R {
  return fn as (...args: unknown[]) => R;
}
