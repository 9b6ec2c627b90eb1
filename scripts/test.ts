/**
 * `npm test` runs every check in turn, whatever failed before; `npm run test:hosts` runs those that need a host other than
 * Node.js: workerd, Next.js, Chromium. At the end they print how long each check took, each failed test with its error, and one
 * plain line of counts. A check that fails without a failing test counts as one failed test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { hasChromium } from '../test/browser/chromium.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The parts of vitest's JSON report that are read here. */
interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'trpc-events-test-'));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const durations: string[] = [];
/** Each failed test: its file, its name and its error. CI may keep only the last lines of what was printed. */
const failedTests: string[] = [];
/** Each test that failed once, and passed when repeated. Tests of leases and browsers may fail on a busy machine. */
const repeatedTests: string[] = [];

function read(file: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return counts; // Vitest ended before it could report.
  }
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(process.cwd(), name);
    const failedBefore = counts.failed;
    for (const test of assertionResults) {
      const told = `${file} > ${test.fullName}\n${test.failureMessages.join('\n')}`;
      if (test.status === 'failed') failedTests.push(told);
      else if (test.failureMessages.length > 0) repeatedTests.push(told);
      if (test.status === 'passed' || test.status === 'failed') counts[test.status]++;
      else counts.skipped++;
    }
    // The file failed as a whole: it didn't load, or a hook threw.
    if (status === 'failed' && counts.failed === failedBefore) {
      counts.failed++;
      failedTests.push(`${file}\n${message}`);
    }
  }
  return counts;
}

function check(script: string, report?: string): void {
  const args = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const start = performance.now();
  const { status } = spawnSync('npm', ['run', script, '--', ...args], { stdio: 'inherit' });
  durations.push(`${script} ${Math.round((performance.now() - start) / 1000)} s`);
  const counts = report ? read(report) : { passed: 0, failed: 0, skipped: 0 };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.failed > 0) failures.push(script);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

const isHosts = process.argv[2] === 'hosts';
const checks = isHosts ? ['build'] : ['build', 'lint', 'typecheck'];
const tests = isHosts ? ['workerd', 'next', 'browser'] : ['unit', 'slow', 'heavy', 'types', 'package'];
try {
  for (const script of checks) check(script);
  for (const test of tests) check(`test:${test}`, join(folder, `${test}.json`));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`\n${durations.join(', ')}`);
if (repeatedTests.length > 0) console.log(`\nPassed when repeated:\n\n${repeatedTests.join('\n\n')}`);
if (failedTests.length > 0) console.log(`\nFailed tests:\n\n${failedTests.join('\n\n')}`);
console.log(failures.length > 0 ? `\nFailed: ${failures.join(', ')}` : '');
if (isHosts && !hasChromium)
  console.log('browser test skipped: there is no Chromium; apt-get install chromium-headless-shell');
process.exitCode = failures.length > 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
