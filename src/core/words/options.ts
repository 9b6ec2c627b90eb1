import { isGeneratorFunction, isObject } from './guards.ts';
import { EventsError } from './errors.ts';
import { causeOf, quote } from './quote.ts';
import { didYouMean } from './suggest.ts';

/** A check for the value of an option, and the words that describe a valid one. */
export interface Rule {
  readonly ok: (value: unknown) => boolean;
  readonly words: string;
}
export type Rules = Readonly<Record<string, Rule>>;

export const aString: Rule = {
  ok: (v) => typeof v === 'string' && v !== '',
  words: 'a text that is not empty',
};
export const aBoolean: Rule = { ok: (v) => typeof v === 'boolean', words: 'true or false' };
/** A function, but not a generator function: nothing would pull from its generator, so its body would never run. */
export const aFunction: Rule = {
  ok: (v) => typeof v === 'function' && !isGeneratorFunction(v),
  words: 'a function',
};
export const aList: Rule = { ok: Array.isArray, words: 'a list' };
export const anObject: Rule = { ok: isObject, words: 'an object' };
export const anything: Rule = { ok: () => true, words: 'anything' };
export const aSignal: Rule = { ok: isSignal, words: 'an AbortSignal' };
export const aCount: Rule = {
  ok: (v) => Number.isInteger(v) && (v as number) > 0,
  words: 'a positive integer',
};
export const milliseconds: Rule = {
  ok: (v) => typeof v === 'number' && v >= 0 && v <= 2 ** 31 - 1,
  words: 'a number of milliseconds, from 0 to 2147483647',
};
export const aStrategy: Rule = {
  ok: (v) => isObject(v) && typeof v['start'] === 'function' && typeof v['name'] === 'string',
  words: 'a defer strategy, such as auto() or inline()',
};

/** Returns true for an AbortSignal of any realm. A look-alike would throw only once it is needed, in the middle of a flush. */
function isSignal(value: unknown): boolean {
  try {
    return (
      isObject(value) &&
      Object.prototype.toString.call(value) === '[object AbortSignal]' &&
      typeof value['aborted'] === 'boolean' &&
      typeof value['addEventListener'] === 'function' &&
      typeof value['removeEventListener'] === 'function'
    );
  } catch {
    // An object that only inherits from a signal throws when it is read.
    return false;
  }
}

/** A rule for an object that has these methods. */
export const withMethods = (names: readonly string[], words: string): Rule => ({
  ok: (v) => isObject(v) && names.every((name) => typeof v[name] === 'function'),
  words,
});

export const oneOf = (...values: string[]): Rule => ({
  ok: (v) => values.includes(v as string),
  words: values.map(quote).join(' or '),
});

/** Makes the error for a wrong argument of a function. */
export function badArgument(where: string, words: string, given: unknown): EventsError {
  return new EventsError('BAD_OPTION', `${where} takes ${words}, not ${quote(given)}.`);
}

const NAME_OF_OPTIONS = 'an object of options';

/**
 * Returns a copy of options with only their own keys. It has no prototype, so that reading it never finds what
 * somebody put on `Object.prototype`. Refuses unknown keys and wrong values. An option that is `undefined` counts as left out.
 *
 * @throws EventsError `BAD_OPTION`
 */
export function readOptions<O extends object>(
  where: string,
  options: O | undefined,
  rules: Rules,
): Partial<O> {
  if (options !== undefined && !isObject(options)) throw badArgument(where, NAME_OF_OPTIONS, options);
  const own: Record<PropertyKey, unknown> = Object.create(null);
  const given: Record<PropertyKey, unknown> = options ?? own;
  let current: string | undefined;
  let fault: EventsError | undefined;
  try {
    if (Array.isArray(given)) fault = badArgument(where, NAME_OF_OPTIONS, given);
    for (const key of Object.keys(given)) {
      if (fault !== undefined) break;
      current = key;
      own[key] = given[key];
      fault = faultOf(where, key, own[key], rules);
    }
    // `testBus` gives `e.bus` an option that no user can name.
    for (const symbol of Object.getOwnPropertySymbols(given)) own[symbol] = given[symbol];
  } catch (cause) {
    throw unreadableOption(where, current, cause);
  }
  if (fault !== undefined) throw fault;
  return own as Partial<O>;
}

function faultOf(where: string, key: string, value: unknown, rules: Rules): EventsError | undefined {
  const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
  if (rule === undefined) {
    const known = didYouMean(key, Object.keys(rules));
    return new EventsError('BAD_OPTION', `${where} has no option ${quote(key)}. ${known}`);
  }
  if (value === undefined || rule.ok(value)) return undefined;
  return new EventsError('BAD_OPTION', `${where}: ${key} must be ${rule.words}, not ${quote(value)}.`);
}

/** Makes the error for an option that throws when it is read, as a getter or a proxy may. */
function unreadableOption(where: string, key: string | undefined, cause: unknown): EventsError {
  const what = key ?? 'what was given for options';
  return new EventsError('BAD_OPTION', `${where}: ${what} can't be read: it threw ${causeOf(cause)}.`, {
    cause,
  });
}
