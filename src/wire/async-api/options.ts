import type { BusDescription } from '../../core/types/describe.ts';
import { isObject } from '../../core/words/guards.ts';
import { aString, badArgument, readOptions, type Rule, type Rules } from '../../core/words/options.ts';
import { isKey } from './keys.ts';
import type { AsyncApiOptions } from './types.ts';

const NAME = 'asyncApi';

const servers: Rule = {
  // A value that JSON can't represent, such as a cycle, throws here.
  ok: (v) =>
    isObject(v) && !Array.isArray(v) && Object.entries(JSON.parse(JSON.stringify(v))).every(isServer),
  words:
    'servers by names of letters, digits, _ and -, such as { production: { host: "example.com", protocol: "sqs" } }',
};
const OPTIONS: Rules = { title: aString, version: aString, servers };

function isServer([key, server]: [string, unknown]): boolean {
  return (
    isKey(key) &&
    !key.includes('.') &&
    isObject(server) &&
    aString.ok(server['host']) &&
    aString.ok(server['protocol'])
  );
}

/** @throws EventsError `BAD_OPTION` */
export function readAsyncApiOptions(options: AsyncApiOptions): AsyncApiOptions {
  const given = readOptions(NAME, options, OPTIONS);
  for (const key of ['title', 'version'] as const)
    if (given[key] === undefined) throw badArgument(NAME, `a ${key}`, given[key]);
  return given as AsyncApiOptions;
}

/**
 * Checks that a value is a description, since it may come from a file. AsyncAPI accepts only draft-07 schemas.
 *
 * @throws EventsError `BAD_OPTION`
 */
export function assertDescription(value: BusDescription): void {
  const given: unknown = value;
  const isDescription =
    isObject(given) &&
    isListOf(given['events'], () => true) &&
    isListOf(given['listeners'], ({ events }) => Array.isArray(events));
  if (!isDescription) throw badArgument(NAME, 'what bus.describe() returns', given);
  if (given['target'] !== 'draft-07')
    throw badArgument(NAME, 'a description in "draft-07", the default of bus.describe', given['target']);
}

function isListOf(list: unknown, ok: (item: Record<PropertyKey, unknown>) => boolean): boolean {
  return Array.isArray(list) && list.every((item) => isObject(item) && aString.ok(item['name']) && ok(item));
}
