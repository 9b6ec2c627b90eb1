import { cut, visible } from './format.ts';

const MOST_ALTERNATIVES = 256;
const LONGEST_NAME = 300;

/** Returns true if a text has a character of a pattern, such as `*`. */
export function isPattern(text: string): boolean {
  return /[*?{}[\]]/.test(text);
}

/**
 * Compiles a pattern of event names, with the catalog's syntax: `*` and `?` cross dots, and there are `{a,b}`, `[abc]` and
 * `[^abc]`. The time of a match grows at most with the length of the pattern times the length of the name.
 *
 * @throws Error whose message says what is wrong with the pattern.
 */
export function compilePattern(pattern: string): (name: string) => boolean {
  const foreign = /[^\w:.*?{},[\]^-]/u.exec(pattern)?.[0];
  if (foreign !== undefined)
    throw wrong(
      pattern,
      `has ${visible(foreign)}, which is no part of a pattern. Put it in "quotes" to find it as text`,
    );
  const alternatives = expand(pattern).map((text) => toRegExp(text, pattern));
  return (name) => alternatives.some((it) => it.test(name.slice(0, LONGEST_NAME)));
}

function wrong(pattern: string, what: string): Error {
  return new Error(`${visible(cut(pattern, 60))} ${what}`);
}

/** Writes out the alternatives in braces. */
function expand(pattern: string): readonly string[] {
  let texts = [''];
  let rest = pattern;
  for (;;) {
    const [, before = '', brace] = /^((?:[^{}[]|\[[^\]]*\]?)*)([{}])?/.exec(rest)!;
    texts = texts.map((text) => text + before);
    if (brace === undefined) return texts;
    if (brace === '}') throw wrong(pattern, 'closes a group that nothing opens');
    rest = rest.slice(before.length + 1);
    const end = rest.search(/[{}]/);
    if (end === -1) throw wrong(pattern, 'opens a group that nothing closes');
    if (rest[end] === '{') throw wrong(pattern, 'has a group within a group');
    const alternatives = rest.slice(0, end).split(',');
    if (alternatives.length === 1) throw wrong(pattern, 'has a group without a comma');
    if (texts.length * alternatives.length > MOST_ALTERNATIVES)
      throw wrong(pattern, 'has too many alternatives');
    texts = texts.flatMap((text) => alternatives.map((it) => text + it));
    rest = rest.slice(end + 1);
  }
}

/**
 * Makes a regular expression that looks for the text between two stars only once, where it comes first. A lookahead (`?=`)
 * is not tried again, so many stars don't take exponential time.
 */
function toRegExp(text: string, pattern: string): RegExp {
  const parts = [''];
  for (const [sign] of text.matchAll(/\[[^\]]*\]?|[^]/g)) {
    if (sign === ']') throw wrong(pattern, 'closes a group that nothing opens');
    if (sign.startsWith('[') && !sign.endsWith(']'))
      throw wrong(pattern, 'opens a group that nothing closes');
    if (/^\[\^?\]$/.test(sign)) throw wrong(pattern, 'has an empty group');
    if (sign === '*') parts.push('');
    else parts[parts.length - 1] += sign === '?' ? '.' : sign.replace(/^[.^]/, '\\$&');
  }
  const [first = '', ...others] = parts;
  const last = others.pop();
  const between = others.map((part, i) => `(?=(.*?${part}))\\${i + 1}`);
  try {
    return new RegExp(`^${first}${between.join('')}${last === undefined ? '' : `.*${last}`}$`, 's');
  } catch {
    throw wrong(pattern, 'has a range that goes from the higher sign to the lower one');
  }
}
