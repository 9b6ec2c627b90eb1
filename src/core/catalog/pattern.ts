import picomatch from 'picomatch';
import { EventsError } from '../words/errors.ts';
import { quote } from '../words/quote.ts';
import { closest } from '../words/suggest.ts';

const NAME = /^[\w:-]+(\.[\w:-]+)*$/;
const PLAIN = '[\\w:.-]';
const BRACES = '\\{[\\w:.*?-]*(?:,[\\w:.*?-]*)+\\}';
const BRACKETS = '\\[\\^?[\\w:.-]+\\]';
const PATTERN = new RegExp(`^(?:${PLAIN}|[*?]|${BRACES}|${BRACKETS})+$`);
const MOST_STARS = 6;

/** Patterns match the whole name; `*` crosses dots. Extglobs are off, because their RegExp can take exponential time. */
const PICOMATCH = {
  nonegate: true,
  noextglob: true,
  noquantifiers: true,
  dot: true,
  strictSlashes: true,
} as const;

/** Returns true if a value can be the name of an event. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text);
}

/** A compiled pattern, or list of patterns, that selects events by name. */
export interface Selector {
  /** The pattern as it was given, for messages. */
  readonly text: string;
  /** The patterns, one by one. */
  readonly patterns: readonly string[];
  /** The name, if the pattern is a plain name. */
  readonly name: string | undefined;
  /** The patterns of a list, without the negative ones. */
  readonly positive: readonly Positive[];
  selects(name: string): boolean;
}
interface Positive {
  readonly text: string;
  readonly matches: (name: string) => boolean;
}

/**
 * Compiles patterns. A name is selected if it matches a positive one (or none is given), and no negative one.
 *
 * @throws EventsError `BAD_PATTERN`
 */
export function compilePatterns(patterns: unknown): Selector {
  const list: readonly unknown[] = Array.isArray(patterns) ? [...patterns] : [patterns];
  if (list.length === 0) {
    throw new EventsError(
      'BAD_PATTERN',
      'A list of patterns is empty: give at least one, or "*" for all events.',
    );
  }
  for (const pattern of list) assertPattern(pattern);
  const texts = list as readonly string[];
  const text = texts.length === 1 ? texts[0]! : texts.join(', ');
  if (texts.length === 1 && isName(texts[0]))
    return { text, patterns: texts, name: texts[0], positive: [], selects: (name) => name === texts[0] };
  const positive = texts
    .filter((pattern) => !pattern.startsWith('!'))
    .map((text) => ({ text, matches: compile(text) }));
  const negative = texts
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => compile(pattern.slice(1)));
  return {
    text,
    patterns: texts,
    name: undefined,
    positive,
    selects: (name) =>
      (positive.length === 0 || positive.some(({ matches }) => matches(name))) &&
      !negative.some((matches) => matches(name)),
  };
}

/**
 * Refuses patterns that select no event of a catalog, and positive patterns that match none: they must be typos.
 *
 * @throws EventsError `BAD_PATTERN`
 */
export function assertSelects(selector: Selector, shape: object, where?: string): void {
  if (selector.name !== undefined && Object.hasOwn(shape, selector.name)) return;
  const names = namesOf(shape);
  let idle: string | undefined = selector.text;
  if (names.some((name) => selector.selects(name))) {
    // A pattern that is the only positive one has just been seen to match.
    if (selector.positive.length < 2) return;
    idle = selector.positive.find(({ matches }) => !names.some((name) => matches(name)))?.text;
  }
  if (idle === undefined) return;
  const subject = where === undefined ? 'No' : `${where}: no`;
  throw new EventsError(
    'BAD_PATTERN',
    `${subject} event of the catalog matches ${quote(idle)}. ${hint(idle, names)}`,
  );
}

/** The names of each shape, cached because listing thousands costs as much as matching them. Shapes are frozen. */
const namesOfShapes = new WeakMap<object, readonly string[]>();
function namesOf(shape: object): readonly string[] {
  let names = namesOfShapes.get(shape);
  if (names === undefined) namesOfShapes.set(shape, (names = Object.keys(shape)));
  return names;
}

function hint(pattern: string, names: readonly string[]): string {
  const close = [...new Set(closest(pattern, [...names, ...names.map(prefixPattern)], 2))];
  if (close.length > 0) return `Did you mean ${close.map(quote).join(' or ')}?`;
  if (names.length === 0) return 'It has no events.';
  return `Its events are ${names.slice(0, 10).map(quote).join(', ')}${names.length > 10 ? ', …' : ''}.`;
}

function prefixPattern(name: string): string {
  return name.includes('.') ? `${name.slice(0, name.indexOf('.'))}.*` : name;
}

function compile(pattern: string): (name: string) => boolean {
  // A run of stars becomes one, because picomatch leaves the dot after `***` unescaped.
  const glob = pattern.replace(/\*+/g, '*');
  if (glob === '*') return () => true;
  // `*` stops only at slashes in picomatch. Event names have none, so it matches as much as `**`.
  return picomatch(glob, PICOMATCH);
}

function assertPattern(pattern: unknown): void {
  if (typeof pattern !== 'string' || pattern === '') {
    throw new EventsError(
      'BAD_PATTERN',
      `A pattern must be an event name, a glob such as "user.*", or a list of them, not ${pattern === '' ? 'an empty text' : quote(pattern)}.`,
    );
  }
  const glob = pattern.startsWith('!') ? pattern.slice(1) : pattern;
  const stars = glob.match(/\*+/g)?.length ?? 0;
  if (PATTERN.test(glob) && stars <= MOST_STARS && !glob.includes('..') && areInOrder(glob)) return;
  throw new EventsError('BAD_PATTERN', `The pattern ${quote(pattern)} is refused: ${fault(glob, stars)}.`);
}

/** Returns true if the ranges in brackets go upward. In picomatch, others match nothing. */
function areInOrder(glob: string): boolean {
  try {
    return [...glob.matchAll(/\[[^\]]*\]/g)].every(([brackets]) => new RegExp(brackets) instanceof RegExp);
  } catch {
    return false;
  }
}

function fault(glob: string, stars: number): string {
  if (stars > MOST_STARS) return `it has ${stars} stars, and ${MOST_STARS} are the most`;
  const accepted = 'a pattern has names, *, ?, {a,b}, [abc], [^abc], and a ! in front';
  if (glob === '') return 'there is nothing after the !';
  if (glob.includes('..'))
    return `no name has two dots in a row, and there are no ranges in braces; ${accepted}`;
  if (PATTERN.test(glob)) return 'a range in brackets goes from the lower character to the higher';
  if (glob.startsWith('!')) return `it has more than one !; ${accepted}`;
  if (/\[!/.test(glob)) return 'inside brackets ^ negates, not !';
  const foreign = /[^\w:.*?{},[\]^!-]/.exec(glob)?.[0];
  if (foreign !== undefined) return `${quote(foreign)} is not part of the syntax; ${accepted}`;
  if (/\{[^}]*\{/.test(glob)) return 'braces cannot be nested: write the alternatives out';
  if (/\{[^,{}]*\}/.test(glob)) return 'braces need at least two alternatives, with a comma between them';
  return `its braces or brackets do not fit together; ${accepted}`;
}
