import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePages } from '../../scripts/reference/pages.ts';

const docs = join(import.meta.dirname, '../../docs');

test('The reference is what its script makes from the docstrings: `npm run docs:reference` renews it.', () => {
  const made = makePages();
  const written = globSync(['reference.md', 'reference/*.md'], { cwd: docs });
  expect(written.sort()).toEqual([...made.keys()].sort());
  for (const [path, text] of made) expect(readFileSync(join(docs, path), 'utf8')).toBe(text);
}, 60_000);

test('Each page of the reference is shorter than 250 lines, and says of each option what its default is.', () => {
  for (const path of globSync(['reference.md', 'reference/*.md'], { cwd: docs })) {
    const lines = readFileSync(join(docs, path), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(250);
    const empty = lines.filter((line) => /^\|.*(?<!\\)\| +\|/.test(line));
    expect(empty).toEqual([]);
  }
});
