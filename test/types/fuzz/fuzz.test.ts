import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { compilePatterns, type Selector } from '../../../src/core/catalog/pattern.ts';
import { printFigure } from '../../setup/figure.ts';
import { selectedByTypes } from './compile.ts';
import { randomList, randomNames } from './patterns.ts';
import { seeded } from './random.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const random = seeded(seed);
const names = randomNames(random, 60);
const lists = random.times(6500, () => randomList(random, names));

/** True if the types must be exact for a pattern: names, `*`, `{a,b}`, `!p` and lists of them. */
const isModelled = (pattern: string) => !/[?[]|\.\./.test(pattern);

function compiled(list: readonly string[]): Selector | undefined {
  try {
    return compilePatterns(list);
  } catch {
    return undefined; // The run time refuses this list.
  }
}

test('the types never leave out an event that the run time selects, and are exact for the patterns they model', () => {
  const byTypes = selectedByTypes(names, lists);
  const unsound: unknown[] = [];
  const inexact: unknown[] = [];
  const counts = { compared: 0, refused: 0, exact: 0, wider: 0 };
  for (const [index, list] of lists.entries()) {
    const selector = compiled(list);
    if (selector === undefined) {
      counts.refused++;
      continue;
    }
    counts.compared++;
    const selected = names.filter(selector.selects);
    const typed = byTypes[index]!;
    const missing = selected.filter((name) => !typed.has(name));
    if (missing.length > 0) unsound.push({ list, missing });
    else if (typed.size === selected.length) counts.exact++;
    else {
      counts.wider++;
      const more = [...typed].filter((name) => !selected.includes(name));
      if (list.every(isModelled)) inexact.push({ list, more });
    }
  }
  printFigure(
    `seed ${seed} (FUZZ_SEED): ${counts.compared} lists compared, ${unsound.length} unsound, ${counts.exact} exact, ` +
      `${counts.wider} wider; ${counts.refused} refused at run time`,
  );
  expect(byTypes).toHaveLength(lists.length);
  expect(unsound, `with FUZZ_SEED=${seed}`).toEqual([]);
  expect(inexact, `with FUZZ_SEED=${seed}`).toEqual([]);
  expect(counts.compared).toBeGreaterThanOrEqual(5000);
  expect(counts.refused).toBeGreaterThan(100);
});

test('a pattern selects what picomatch, used directly, matches', () => {
  // Patterns with `***` are left out, because picomatch leaves the dot after it unescaped.
  const patterns = new Set(lists.flat().filter((pattern) => compiled([pattern]) && !pattern.includes('***')));
  const different: unknown[] = [];
  for (const pattern of patterns) {
    const { selects } = compilePatterns(pattern);
    const matches = picomatch(pattern);
    const disputed = names.filter((name) => selects(name) !== matches(name));
    if (disputed.length > 0) different.push({ pattern, disputed });
  }
  printFigure(`seed ${seed}: ${patterns.size} patterns compared with picomatch`);
  expect(patterns.size).toBeGreaterThan(3000);
  expect(different, `with FUZZ_SEED=${seed}`).toEqual([]);
});
