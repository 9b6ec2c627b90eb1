import { cut, visible } from './format.ts';

/** A sign of a pattern: `true` stands for any sign, `undefined` for any number of signs. */
type Part = string | true | undefined | { readonly signs: string; readonly isNegative: boolean };

const MOST_ALTERNATIVES = 256;
const LONGEST_NAME = 300;

/** Returns true for a text that has signs of a pattern. */
export function isPattern(text: string): boolean {
  return /[*?{}[\]]/.test(text);
}

/**
 * Compiles a pattern of event names as the catalog knows them: `*` and `?` cross dots, and there are `{a,b}`, `[abc]` and
 * `[^abc]`. It takes no time that grows faster than the product of the lengths of pattern and name.
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
  const alternatives = expand(pattern).map((text) => partsOf(text, pattern));
  return (name) => alternatives.some((parts) => fits(parts, name.slice(0, LONGEST_NAME)));
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

function partsOf(text: string, pattern: string): readonly Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]!;
    if (sign === ']') throw wrong(pattern, 'closes a group that nothing opens');
    if (sign !== '[') {
      parts.push(sign === '*' ? undefined : sign === '?' ? true : sign);
      continue;
    }
    const end = text.indexOf(']', i);
    if (end === -1) throw wrong(pattern, 'opens a group that nothing closes');
    const isNegative = text[i + 1] === '^';
    const signs = text.slice(i + (isNegative ? 2 : 1), end);
    if (signs === '') throw wrong(pattern, 'has an empty group');
    parts.push({
      signs: signs.replace(/(.)-(.)/g, (_, from: string, to: string) => between(from, to, pattern)),
      isNegative,
    });
    i = end;
  }
  return parts;
}

function between(from: string, to: string, pattern: string): string {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  if (first > last) throw wrong(pattern, 'has a range that goes from the higher sign to the lower one');
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i)).join('');
}

/** Goes back to the last star alone: what is before it fits anyway. */
function fits(parts: readonly Part[], name: string): boolean {
  let part = 0;
  let star = -1;
  let after = 0;
  for (let i = 0; i < name.length;) {
    if (part < parts.length && parts[part] === undefined) {
      star = part++;
      after = i;
    } else if (part < parts.length && fitsSign(parts[part], name[i]!)) {
      part++;
      i++;
    } else if (star === -1) return false;
    else {
      part = star + 1;
      i = ++after;
    }
  }
  return parts.slice(part).every((rest) => rest === undefined);
}

function fitsSign(part: Part, sign: string): boolean {
  if (typeof part === 'object') return part.signs.includes(sign) !== part.isNegative;
  return part === true || part === sign;
}
