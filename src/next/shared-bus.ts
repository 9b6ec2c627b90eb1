import { variable } from '../core/host/environment.ts';
import type { OpensExternalScopes } from '../core/types/external-call.ts';
import { isObject } from '../core/words/guards.ts';
import { badArgument } from '../core/words/options.ts';

/** A bus, as all copies of this package know it. */
interface SharedBus {
  /** Takes over what a newer bus was made with. Returns false if this one is closed. */
  '~replaceBy'(newer: object): boolean;
  /** Tells the bus that it is shared. Its messages say why it may be outdated. */
  '~share'(whyOutdated: string): void;
}

/** Says why a bus may be outdated: an old copy that Next.js brings back looks like an undone edit, so it is taken over too. */
const OUTDATED =
  'the bus has another version of it, which was evaluated last (at times, next dev evaluates an old one). Restart, or set experimental.turbopackServerFastRefresh to false in next.config.';

const KEY = Symbol.for('trpc-events.shared-buses.1');
const shared = globalThis as { [KEY]?: Map<string, SharedBus> };

/**
 * Makes one bus for the whole process. Next.js evaluates a module several times, for route handlers, for server
 * components and actions, and for each page of `pages/`: they all get the bus of the first, so that `bus.stream`,
 * `bus.drain`, `bus.close` and limits see everything. Name each bus of the process differently.
 *
 * In development (`NODE_ENV` is not `'production'`), a module is evaluated again after an edit. `make` is called each
 * time, and the bus takes over the catalog, the handlers and the options of the newest. Streams, observers that
 * `bus.observe` added, and everything that is under way stay. Handlers that are no longer there are closed. If `make`
 * throws, the bus stays as it was. So `make` should do nothing but make a bus.
 *
 * @throws EventsError `BAD_OPTION`; whatever `make` throws
 *
 * @example
 * ```ts
 * import { sharedBus } from 'trpc-events/next';
 *
 * export const bus = sharedBus('shop', () => e.bus({ handlers: [eventRouter], createContext: () => ({ db }) }));
 * ```
 */
export function sharedBus<TBus extends OpensExternalScopes<never, never>>(
  name: string,
  make: () => TBus,
): TBus {
  if (typeof name !== 'string' || name === '') throw badArgument('sharedBus', 'the name of the bus', name);
  if (typeof make !== 'function') throw badArgument('sharedBus', 'a function that makes the bus', make);
  const buses = (shared[KEY] ??= new Map());
  const kept = buses.get(name);
  if (kept !== undefined && variable('NODE_ENV') === 'production') return kept as object as TBus;
  const made = make();
  if (!isBus(made)) throw badArgument('sharedBus', 'a function that returns a bus, as e.bus makes it', made);
  if (kept === made || kept?.['~replaceBy'](made)) return kept as object as TBus;
  made['~share'](OUTDATED);
  buses.set(name, made);
  return made;
}

function isBus(value: unknown): value is SharedBus {
  return isObject(value) && typeof value['~replaceBy'] === 'function';
}
