/**
 * `npm run test:mutants` puts each of the bugs of test/mutants into a copy of the sources, and runs the tests that
 * should notice it. Prints a table, and fails if there is a bug that no test noticed.
 *
 * `npm run test:mutants -- waitUntil retry` runs only the bugs whose names have one of these words.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { MUTANTS } from '../test/mutants/all.ts';
import type { Mutant } from '../test/mutants/mutant.ts';
import { mutate } from '../test/mutants/place.ts';

const ROOT = join(import.meta.dirname, '..');
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'docs', 'README.md'];

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = MUTANTS.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
);
if (chosen.length === 0) throw new Error(`No mutant has ${words.join(' or ')} in its name.`);

interface Run {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs tests in a copy, and kills them if they take too long. */
function runTests(folder: string, tests: readonly string[], limit?: number): Promise<Run> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const files = tests.map((test) => join('test', test));
  const args = [
    vitest,
    'run',
    '--project',
    'unit*',
    '--project',
    'slow*',
    '--project',
    'heavy',
    '--bail',
    '1',
    '--maxWorkers',
    '1',
    ...files,
  ];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += String(text)));
  child.stderr.on('data', (text: Buffer) => (output += String(text)));
  const timer = limit === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), limit);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      if (output.includes('No test files found')) reject(new Error(`There is none of ${files.join(', ')}.`));
      else resolve({ passed: code === 0, output });
    });
  });
}

/** Returns the name of the first test that failed. */
function noticedBy({ output }: Run): string {
  return (
    /FAIL +(?:unit(?:-alone)? +)?(.*)/.exec(stripVTControlCharacters(output))?.[1]?.slice(0, 110) ??
    'a run that did not end'
  );
}

/** Copies everything that the tests read, so that a mutant does no harm. */
function makeCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trpc-events-mutants-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function tryMutant(folder: string, mutant: Mutant, limit: number): Promise<Run> {
  const path = join(folder, 'src', mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(source, mutant));
  try {
    return await runTests(folder, mutant.tests, limit);
  } finally {
    writeFileSync(path, source);
  }
}

const begun = performance.now();
const folders = [makeCopy(), makeCopy()];
const survivors: string[] = [];
try {
  // The tests must pass without a mutant, because otherwise a failure would prove nothing.
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  const start = performance.now();
  const sound = await runTests(folders[0]!, tests);
  if (!sound.passed) throw new Error(`Without any mutant, the tests fail:\n${sound.output}`);

  // A mutant that hangs counts as noticed. The limit far exceeds the time of all tests, since the machine may be slow.
  const limit = 60_000 + 3 * (performance.now() - start);

  const width = Math.max(...chosen.map(({ name }) => name.length)) + 2;
  const waiting = [...chosen];
  await Promise.all(
    folders.map(async (folder) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const run = await tryMutant(folder, mutant, limit);
        if (run.passed) survivors.push(mutant.name);
        console.log(mutant.name.padEnd(width) + (run.passed ? 'SURVIVED' : noticedBy(run)));
      }
    }),
  );
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

console.log(`\nIt took ${Math.round((performance.now() - begun) / 1000)} s.`);
for (const name of survivors) console.log(`Survived: ${name}`);
console.log(`${chosen.length - survivors.length} noticed, ${survivors.length} survived`);
process.exitCode = survivors.length > 0 ? 1 : 0;
