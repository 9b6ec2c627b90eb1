/** Random event names and lists of patterns: most of them in the grammar, some outside of it. */
import type { Random } from './random.ts';

const LETTERS = ['a', 'b', 'c', 'ab', 'A', '0', '_', '-', ':'];
const FAMILIAR = ['a', 'b', 'a.b', 'a.b.c', 'ab', 'aa.bb', 'user.created', 'user.deleted', 'order.placed'];
const WORDS = ['a', 'b', 'c', '.', '.', 'ab', 'a.b', 'user', 'order', 'created', '_', '-', '0', ':'];
/** Syntax that the types do not model, but the run time accepts. */
const UNMODELLED = ['?', '[ab]', '[^a]', '[a.c]', '.?', '{a?,b}'];
/** Syntax that the run time refuses. */
const FOREIGN = [
  ...'[!a] (a|b) @(a|b) +(a) !(a) *(a) {1..3} {a..c} {a..c,b} {a} {a,{b,c}} { } [ ]'.split(' '),
  ...'\\* \\a / ./ "a" | $ ^ + @ ! !! ~ # & % = , ; \''.split(' '),
  ' ',
];

export function randomNames(random: Random, count: number): string[] {
  const names = new Set(FAMILIAR);
  const segment = () => random.times(1 + random.below(3), () => random.pick(LETTERS)).join('');
  while (names.size < count) names.add(random.times(1 + random.below(4), segment).join('.'));
  return [...names];
}

/** Makes a list of one pattern, or of two to four. */
export function randomList(random: Random, names: readonly string[]): string[] {
  const count = random.chance(0.6) ? 1 : 2 + random.below(3);
  return random.times(count, () => randomPattern(random, names));
}

function randomPattern(random: Random, names: readonly string[]): string {
  let pattern = random.chance(0.5) ? fromName(random, random.pick(names)) : composed(random);
  if (random.chance(0.1)) pattern = insert(random, pattern, random.pick(UNMODELLED));
  if (random.chance(0.1)) pattern = insert(random, pattern, random.pick(FOREIGN));
  return random.chance(0.2) ? `!${pattern}` : pattern;
}

/** Replaces a part of a real name, so that the pattern matches something. */
function fromName(random: Random, name: string): string {
  const start = random.below(name.length);
  const end = start + 1 + random.below(name.length - start);
  const replaced = (by: string) => name.slice(0, start) + by + name.slice(end);
  switch (random.below(5)) {
    case 0:
      return replaced('*');
    case 1:
      return name.replace(/[^.]+$/, '*');
    case 2:
      return name.replace(/^[^.]+/, '*');
    case 3:
      return replaced(`{${name.slice(start, end)},${random.pick(['b', 'x', '*', ''])}}`);
    default:
      return name;
  }
}

function composed(random: Random): string {
  const part = () => {
    if (random.chance(0.5)) return random.pick(WORDS);
    if (random.chance(0.5)) return random.pick(['*', '*', '*', '**', '***']);
    return braces(random);
  };
  return random.times(1 + random.below(4), part).join('');
}

function braces(random: Random): string {
  const alternative = () => {
    if (random.chance(0.1)) return '';
    if (random.chance(0.25)) return random.pick(['*', 'user.*', '*.b', '**']);
    return random.pick(WORDS) + (random.chance(0.3) ? random.pick(WORDS) : '');
  };
  return `{${random.times(2 + random.below(2), alternative).join(',')}}`;
}

function insert(random: Random, pattern: string, text: string): string {
  const at = random.below(pattern.length + 1);
  return pattern.slice(0, at) + text + pattern.slice(at);
}
