/**
 * `npm test` runs every check in turn, whatever failed before, and prints one plain line of counts at the end.
 * A check that fails without a failing test counts as one failed test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

function check(script: string, report?: string): void {
  const args = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const { status } = spawnSync('npm', ['run', script, '--', ...args], { stdio: 'inherit' });
  const counts = report ? read(report) : { passed: 0, failed: 0, skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.failed > 0) failures.push(script);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

try {
  for (const script of ['build', 'lint', 'typecheck']) check(script);
  for (const script of [
    'test:unit',
    'test:slow',
    'test:heavy',
    'test:types',
    'test:workerd',
    'test:package',
    'test:next',
    'test:browser',
  ]) {
    check(script, join(folder, `${script.replace(':', '-')}.json`));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(failures.length > 0 ? `\nFailed: ${failures.join(', ')}` : '');
if (!hasChromium) console.log(`browser test skipped: no Chromium at ${CHROMIUM}; apt-get install chromium`);
process.exitCode = failures.length > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
