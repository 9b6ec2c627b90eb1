import { lineOf, marksIn, OUTCOMES } from './line.ts';
import { cut, visible } from './format.ts';
import type { Call } from './model.ts';
import { compilePattern, isPattern } from './pattern.ts';
import { metaOf, processesOf, textOf } from './search-text.ts';
import { treeOf } from './tree.ts';
import type { MarkName } from './words.ts';

/** A reader's filter, as it was parsed. */
export interface Filter {
  /** Returns true if a call matches all but the `payload` of the filter. `now` is in ms since 1970. */
  matches(call: Call, now: number): boolean;
  /** The text that a payload must have. Only the server has the payloads. */
  readonly payload: string | undefined;
}

type Test = (call: Call, now: number) => boolean;

/** The kinds of calls that a reader may ask for. */
export const KINDS: readonly string[] = ['query', 'mutation', 'subscription', 'publish', 'scope', 'queue'];
const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, min: 60_000 };

/**
 * Reads what a reader has typed. A call must match every word. A text is found in paths, names, listeners, ids and errors,
 * and `user.*` is a pattern of event names. There are also outcomes (`failed`, `dropped`, `waiting`, `unhandled`, …), kinds
 * (`mutation`, `publish`, `queue`, …), `>100ms`, `process:worker`, `meta.tenant:acme`, and `payload:ada`. `-word` excludes,
 * and `"failed"` in quotes is a text. Returns what is wrong, if something is.
 *
 * @example
 * ```ts
 * import { parseFilter, type Story } from 'trpc-events/inspector/story';
 *
 * const failedIn = (story: Story) => {
 *   const filter = parseFilter('failed user.* >100ms');
 *   return 'error' in filter ? [] : story.calls.filter((call) => filter.matches(call, Date.now()));
 * };
 * ```
 */
export function parseFilter(text: string): Filter | { readonly error: string } {
  const tests: Test[] = [];
  let payload: string | undefined;
  try {
    for (const [word] of text.matchAll(/(?:"[^"]*"?|[^\s"])+/g)) {
      const isExcluded = word.startsWith('-') && word.length > 1;
      const asked = isExcluded ? word.slice(1) : word;
      if (asked.startsWith('payload:')) {
        if (isExcluded || payload !== undefined)
          throw new Error('payload: can be asked for once, and not excluded');
        payload = unquoted(asked.slice('payload:'.length)) || undefined;
        continue;
      }
      const test = testOf(asked);
      tests.push(isExcluded ? (call, now) => !test(call, now) : test);
    }
  } catch (error) {
    return { error: (error as Error).message };
  }
  return { matches: (call, now) => tests.every((test) => test(call, now)), payload };
}

function testOf(word: string): Test {
  const outcome = [...OUTCOMES, 'late' as const].find((it) => it === word);
  if (outcome !== undefined) return (call, now) => marksOf(call, now).has(outcome);
  if (word === 'queue') return cameFromQueue;
  if (KINDS.includes(word)) return ({ kind, type }) => kind === word || type === word;
  if (/^[<>]/.test(word)) return durationTest(word);
  const [, key, value = ''] = /^(process|meta\.[^:]+):(.*)$/s.exec(word) ?? [];
  if (key === 'process') return (call) => processesOf(call).some((name) => has(name, unquoted(value)));
  if (key !== undefined) return (call) => metaOf(call, key.slice('meta.'.length)).includes(unquoted(value));
  if (!word.includes('"') && isPattern(word)) {
    const fits = compilePattern(word);
    return (call) =>
      treeOf(call).events.some(({ about }) => fits(about.name)) ||
      (call.kind === 'refused' && fits(call.name));
  }
  const wanted = unquoted(word).toLowerCase();
  return (call) => textOf(call).includes(wanted);
}

function cameFromQueue(call: Call): boolean {
  return (
    call.kind === 'delivery' ||
    call.kind === 'refused' ||
    treeOf(call).events.some(({ arrivals }) => arrivals.length > 0)
  );
}

/** Returns the marks that a filter finds. `failed` finds all that is red, which includes refused messages. */
function marksOf(call: Call, now: number): ReadonlySet<MarkName> {
  const marks = marksIn(call, now);
  return marks.has('refused') ? new Set([...marks, 'failed']) : marks;
}

function durationTest(word: string): Test {
  const [, sign, number = '', unit = ''] = /^([<>])(\d+(?:\.\d+)?)([a-z]*)$/.exec(word) ?? [];
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (sign === undefined || factor === undefined)
    throw new Error(`${visible(cut(word, 60))} is no time, such as >100ms, >2s or <1min`);
  const limit = Number(number) * factor;
  return (call, now) => {
    // A call that runs has lasted until now.
    const ms = lineOf(call, now).duration ?? now - call.from;
    return sign === '>' ? ms > limit : ms < limit;
  };
}

function has(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function unquoted(word: string): string {
  return word.replaceAll('"', '');
}
