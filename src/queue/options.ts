import { isObject } from '../core/words/guards.ts';
import {
  aBoolean,
  aFunction,
  aString,
  badArgument,
  milliseconds,
  type Rules,
  withMethods,
} from '../core/words/options.ts';

/** Advice for an option that comes from the environment, and is missing. */
export const WHY_UNDEFINED = 'It is undefined: is the environment variable set, for the build too?';

/** @throws EventsError `BAD_OPTION` if a consumer got something other than a bus, such as its options */
export function assertBus(where: string, bus: unknown): void {
  if (isObject(bus) && typeof bus['deliver'] === 'function') return;
  throw badArgument(where, 'a bus made by e.bus first', bus);
}

/** The options that all forwarders have. */
export const FORWARD_OPTIONS: Rules = {
  name: aString,
  events: {
    ok: (v) => typeof v === 'string' || Array.isArray(v),
    words: 'a pattern, such as "order.*", or a list of patterns',
  },
  local: aBoolean,
  codec: withMethods(['encode', 'decode'], 'a codec, such as cloudEvents()'),
  attributes: aFunction,
  linger: milliseconds,
};
