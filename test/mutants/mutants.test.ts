import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'ts60';
import { expect, it } from 'vitest';
import { MUTANTS } from './all.ts';
import { mutate } from './place.ts';

const repo = join(import.meta.dirname, '../..');

/** Returns the syntax errors, which the parser's types hide. Transpiling each mutant would take half a minute. */
function syntaxErrorsIn(code: string): string[] {
  const file = ts.createSourceFile('mutant.ts', code, ts.ScriptTarget.ES2022);
  const { parseDiagnostics } = file as unknown as { readonly parseDiagnostics: readonly ts.Diagnostic[] };
  return parseDiagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Returns what is wrong with the places of the bugs in a folder of sources, and what `check` says of each mutated source. */
function faultsIn(src: string, check: (mutated: string) => string[]): string[] {
  return MUTANTS.flatMap((mutant) => {
    try {
      const mutated = mutate(readFileSync(join(src, mutant.file), 'utf8'), mutant);
      return check(mutated).map((text) => `${mutant.name} (${mutant.file}): ${text}`);
    } catch (error) {
      return [`${mutant.name} (${mutant.file}): ${(error as Error).message}`];
    }
  });
}

it('Each deliberate bug has exactly one place in the sources, and the tests that should notice it exist.', () => {
  // A syntax error would be noticed by every test, whatever the bug.
  expect(faultsIn(join(repo, 'src'), syntaxErrorsIn)).toEqual([]);
  const paths = MUTANTS.flatMap(({ tests }) => tests);
  expect(paths.filter((path) => !existsSync(join(repo, 'test', path)))).toEqual([]);
}, 60_000);

it('Each deliberate bug keeps its place if the sources are formatted in another way.', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trpc-events-formatted-'));
  try {
    cpSync(join(repo, 'src'), join(folder, 'src'), { recursive: true });
    const options = JSON.parse(readFileSync(join(repo, '.oxfmtrc.json'), 'utf8')) as object;
    const narrow = { ...options, $schema: undefined, printWidth: 60, tabWidth: 4, trailingComma: 'none' };
    writeFileSync(join(folder, '.oxfmtrc.json'), JSON.stringify(narrow));
    execFileSync(join(repo, 'node_modules/.bin/oxfmt'), ['src'], { cwd: folder, stdio: 'pipe' });
    expect(readFileSync(join(folder, 'src/init.ts'), 'utf8')).not.toBe(
      readFileSync(join(repo, 'src/init.ts'), 'utf8'),
    );
    expect(faultsIn(join(folder, 'src'), () => [])).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

it('The place of a bug is found in the function that it names, and nowhere else.', () => {
  const source = `class Lane {
    stop() { this.end(1, [2]); }
    start() { this.end(1, [2],); }
  }
  function stop() { end( ); }`;
  const edit = { find: 'this.end(1, [2]);', replace: '' };
  expect(mutate(source, { ...edit, in: 'start' })).toContain('start() {  }');
  expect(mutate(source, { ...edit, in: 'Lane.stop' })).toContain('stop() {  }');
  expect(() => mutate(source, edit)).toThrow('2 places have: this.end');
  expect(() => mutate(source, { ...edit, in: 'stop' })).toThrow('2 functions are named stop.');
  expect(() => mutate(source, { ...edit, in: 'Lane.end' })).toThrow('0 functions are named Lane.end.');
});
