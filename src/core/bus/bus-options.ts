import { routerOf } from '../router/router-core.ts';
import type { AnyApp } from '../types/app.ts';
import type { BusOptions } from '../types/bus-options.ts';
import { EventsError } from '../words/errors.ts';
import { isObject, memberOf } from '../words/guards.ts';
import {
  aBoolean,
  aCount,
  aFunction,
  aList,
  anObject,
  aStrategy,
  aString,
  readOptions,
  oneOf,
  type Rules,
} from '../words/options.ts';
import { quote } from '../words/quote.ts';

const BUS_OPTIONS: Rules = {
  handlers: { ...aList, words: 'a list, such as [eventRouter]' },
  meta: aFunction,
  createContext: aFunction,
  onError: aFunction,
  onDiscard: aFunction,
  deadLetter: aFunction,
  when: oneOf('success', 'failure', 'settled'),
  defer: aStrategy,
  unhandled: oneOf('warn', 'ignore', 'error'),
  limits: anObject,
  observers: aList,
};
const LIMITS: Rules = { perScope: aCount, pending: aCount, depth: aCount };

/**
 * Checks the options of a bus. Returns their own keys, without a prototype.
 *
 * @throws EventsError `BAD_OPTION`
 */
export function readBusOptions(given: BusOptions<AnyApp> | undefined): BusOptions<AnyApp> {
  const options = readOptions('e.bus', given, BUS_OPTIONS);
  const { handlers } = options;
  const limits = readOptions('e.bus, limits', options.limits, LIMITS);
  if (handlers === undefined) {
    throw new EventsError(
      'BAD_OPTION',
      'e.bus needs handlers: a list of routers and handlers, such as [eventRouter].',
    );
  }
  for (const handler of handlers) assertHandler(handler);
  for (const observer of options.observers ?? []) assertObserver('e.bus', observer);
  return Object.assign(options, { handlers, limits });
}

const HANDLER: Rules = {
  name: aString,
  passive: aBoolean,
  handle: aFunction,
  handleMany: aFunction,
  close: aFunction,
  remote: aBoolean,
  local: aBoolean,
  codec: {
    ok: (v) => isObject(v) && typeof v['encode'] === 'function' && typeof v['decode'] === 'function',
    words: 'a codec, with encode and decode',
  },
};
/** Options that only listeners have. They would be ignored on a handler. */
const OF_LISTENERS = ['retry', 'timeout', 'concurrency'] as const;

/** Checks a handler. `readOptions` would refuse the own members of a class instance. */
function assertHandler(handler: unknown): void {
  if (!isObject(handler)) {
    throw new EventsError(
      'BAD_OPTION',
      `e.bus: a handler is a router, or an object with a name and handle or handleMany, not ${quote(handler)}.`,
    );
  }
  if (routerOf(handler) !== undefined) return;
  const { name } = handler;
  if (name === undefined)
    throw new EventsError(
      'BAD_OPTION',
      'e.bus: a handler needs a name, by which reports tell it from others.',
    );
  for (const [key, rule] of Object.entries(HANDLER)) {
    const value = memberOf(handler, key);
    if (value !== undefined && !rule.ok(value)) {
      throw new EventsError(
        'BAD_OPTION',
        `e.bus, handler ${quote(name)}: ${key} must be ${rule.words}, not ${quote(value)}.`,
      );
    }
  }
  for (const key of OF_LISTENERS) {
    if (memberOf(handler, key) === undefined) continue;
    throw new EventsError(
      'BAD_OPTION',
      `e.bus: the handler ${quote(name)} has ${key}, which only listeners have. A handler repeats and limits its own work; or register a listener, by .on(pattern, listener, { ${key} }).`,
    );
  }
  if (memberOf(handler, 'handle') === undefined && memberOf(handler, 'handleMany') === undefined) {
    throw new EventsError(
      'BAD_OPTION',
      `e.bus: the handler ${quote(name)} has neither handle (an event at a time) nor handleMany (a flush at a time).`,
    );
  }
}

export function assertObserver(where: string, observer: unknown): void {
  if (isObject(observer) && aString.ok(observer['name'])) return;
  throw new EventsError(
    'BAD_OPTION',
    `${where}: an observer is an object with a name, not ${quote(observer)}.`,
  );
}
