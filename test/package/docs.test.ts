import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksIn, root } from './docs-blocks.ts';
import { compileAlone, compileFiles } from './docs-compile.ts';

const files = ['README.md', ...globSync(['docs/**/*.md', 'src/**/*.ts'], { cwd: root })];
const blocks = files.flatMap(blocksIn);

test('Each block of the README and the docs, and each example of a docstring, compiles.', () => {
  const unnamed = blocks.filter(({ file }) => file === undefined);
  expect(unnamed.length).toBeGreaterThan(30);
  expect(compileAlone(unnamed)).toEqual([]);
});

test('Blocks that begin with the path of a file compile together with the other files of their page.', () => {
  const named = blocks.filter(({ file }) => file !== undefined);
  expect(named.length).toBeGreaterThan(30);
  expect(compileFiles(named)).toEqual([]);
});

test('A block with a mistake is reported.', () => {
  const code = "ctx.dispatch('user.craeted', { id, email });";
  expect(compileAlone([{ where: 'here', code }])).toEqual([
    expect.stringContaining('here: Argument of type'),
  ]);
});

test('A file with a mistake is reported, and so is one that uses what its page does not define.', () => {
  const one = { where: 'docs/a.md:1', file: 'one.ts', code: 'export const one = 1;\n' };
  const other = {
    where: 'docs/a.md:9',
    file: 'other.ts',
    code: "import { two } from './one';\nvoid [two, bus];\n",
  };
  expect(compileFiles([one, other])).toEqual([
    expect.stringMatching(/^docs\/a.md:9: .*has no exported member 'two'/),
    expect.stringMatching(/^docs\/a.md:9: Cannot find name 'bus'/),
  ]);
});

test('The README is short, shows code before line 26, and shows the two commands that try out a clone.', () => {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
  expect(lines.indexOf('```ts')).toBeLessThan(25);
  expect(lines).toContain('npm ci && npm run playground');
  expect(lines).toContain('npm ci && npm test');
  expect(lines.length).toBeLessThan(200);
});

test('No page of the docs has more than 250 lines.', () => {
  const long = globSync('docs/**/*.md', { cwd: root })
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250);
  expect(long).toEqual([]);
});
