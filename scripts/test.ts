/**
 * `npm test` runs every check, whatever failed before, and prints one plain line of counts at the end. A check that fails
 * without a failing test counts as one failed test.
 *
 * Two lanes run beside one another. The tests of queues, of Next.js and of pages mostly wait, and mind a busy machine. The
 * other lane computes, and has a lower priority: it takes the time that the first one leaves.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM, hasChromium } from '../test/browser/chromium.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** The niceness of the lane that computes: a core that both lanes want gives it a quarter. */
const SPARE = 5;
const folder = mkdtempSync(join(tmpdir(), 'trpc-events-test-'));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

function read(file: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return counts; // Vitest ended before it could report.
  }
  for (const { status, assertionResults } of report.testResults) {
    const failedBefore = counts.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed' || test.status === 'failed') counts[test.status]++;
      else counts.skipped++;
    }
    // The file failed as a whole: it didn't load, or a hook threw.
    if (status === 'failed' && counts.failed === failedBefore) counts.failed++;
  }
  return counts;
}

/** Runs one npm script, and prints what it printed once it has ended, so that the lanes don't mix their lines. */
async function check(script: string, niceness: number): Promise<void> {
  const report = script.startsWith('test:') ? join(folder, `${script.replace(':', '-')}.json`) : undefined;
  const args = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const begun = performance.now();
  console.log(`npm run ${script} begins.`);
  const child = spawn('npm', ['run', script, '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (niceness > 0) setPriority(child.pid!, niceness);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  process.stdout.write(printed);
  console.log(`npm run ${script} took ${Math.round((performance.now() - begun) / 1000)} s.\n`);
  const counts = report ? read(report) : { passed: 0, failed: 0, skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.failed > 0) failures.push(script);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

/** Runs scripts one after the other. */
async function inTurn(scripts: readonly string[], niceness = 0): Promise<void> {
  for (const script of scripts) await check(script, niceness);
}

try {
  // All other checks read what is built, and the unit tests take both cores.
  await inTurn(['build', 'test:unit']);
  await Promise.all([
    inTurn(['test:slow', 'test:next', 'test:browser']),
    inTurn(['lint', 'typecheck', 'test:types', 'test:heavy', 'test:package', 'test:workerd'], SPARE),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(failures.length > 0 ? `\nFailed: ${failures.join(', ')}` : '');
if (!hasChromium) console.log(`browser test skipped: no Chromium at ${CHROMIUM}; apt-get install chromium`);
process.exitCode = failures.length > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
