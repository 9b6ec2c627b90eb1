import { randomOf } from '../../setup/random.ts';
import { expect, it } from 'vitest';
import { compilePatterns } from '../../../src/core/catalog/pattern.ts';

/** A second implementation of patterns to compare with: a RegExp written by hand. */
function reference(pattern: string): (name: string) => boolean {
  if (pattern.startsWith('!')) {
    const matches = reference(pattern.slice(1));
    return (name) => !matches(name);
  }
  let source = '';
  let inBraces = false;
  for (const [token] of pattern.matchAll(/\[\^?[^\]]+\]|\*+|./g)) {
    if (token.startsWith('[')) source += token;
    else if (token.startsWith('*')) source += '.*';
    else if (token === '?') source += '.';
    else if (token === '{') source += '(?:';
    else if (token === '}') source += ')';
    else if (token === ',' && inBraces) source += '|';
    else source += token.replace('.', String.raw`\.`);
    if (token === '{') inBraces = true;
    if (token === '}') inBraces = false;
  }
  const regExp = new RegExp(`^(?:${source})$`);
  return (name) => regExp.test(name);
}

const next = randomOf(7);
const random = (below: number) => Math.floor(next() * 2 ** 32) % below;
const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
const words = ['a', 'b', 'ab', 'ba', 'a-b', 'a_1', 'A', 'a:b'];
const many = (make: () => string, most: number, between: string) =>
  Array.from({ length: 1 + random(most) }, make).join(between);

const names = [...new Set(Array.from({ length: 200 }, () => many(() => pick(words), 4, '.')))];

function makePattern(): string {
  const inside = () => pick(['', '*', '?', 'a', 'b', 'ab', 'a.b', 'a.*', '*b', 'a:b']);
  const parts = [
    () => pick(words),
    () => pick(words),
    () => '.',
    () => '.',
    () => pick(['*', '**', '***']),
    () => '?',
    () => `{${many(inside, 3, ',')},${inside()}}`,
    () => pick(['[ab]', '[a-b]', '[^a]', '[^.]', '[.]', '[a:]', '[-a]', '[a-]', '[_A-Z]', '[^a-z]', '[0-9]']),
  ];
  return pick(['', '', '', '!']) + many(() => pick(parts)(), 6, '');
}

it('6,000 random patterns select the same names as a RegExp written by hand.', { timeout: 30_000 }, () => {
  let compiled = 0;
  const differing: string[] = [];
  for (let i = 0; i < 6_000; i++) {
    const pattern = makePattern();
    let selects: (name: string) => boolean;
    try {
      ({ selects } = compilePatterns(pattern));
    } catch {
      continue;
    }
    compiled++;
    const expected = reference(pattern);
    const name = names.find((name) => selects(name) !== expected(name));
    if (name !== undefined) differing.push(`${pattern} on ${name}: ${expected(name)}, not ${selects(name)}`);
  }
  expect(compiled).toBeGreaterThan(3_000);
  expect(differing.slice(0, 20)).toEqual([]);
});
