/** Fails a test that writes to the console unexpectedly, or disturbs the process. Runs before each test file. */
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeEach } from 'vitest';
import { noise } from './console.ts';

// Real timers, taken before a test can install fake ones.
const { setImmediate, setTimeout } = globalThis;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const moment = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** Removes the frames of Node.js and vitest from a stack. */
const own = (stack = '') =>
  stack.replace(/\n +at .*(node:internal|node_modules).*/g, '').replace(/\n +at new Promise.*/g, '');

function report(problem: string, from: Function): void {
  const at: { stack?: string } = {};
  Error.captureStackTrace(at, from);
  noise.problems.push(problem + own(at.stack).replace(/^.*/, ''));
}

const write = { stdout: process.stdout.write, stderr: process.stderr.write };
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = function intercepted(chunk: Uint8Array | string, ...rest: unknown[]): boolean {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const line = stripVTControlCharacters(text).replace(/\n$/, '');
    if (noise.expected) noise.expected.push(line);
    else report(`wrote to ${name}: ${line}`, intercepted);
    const done = rest.findLast((value) => typeof value === 'function');
    if (done) process.nextTick(done);
    return true;
  };
}

const describe = (error: unknown) => (error instanceof Error ? own(error.stack) : String(error));
const onRejection = (reason: unknown) => noise.problems.push(`unhandled rejection: ${describe(reason)}`);
const onException = (error: Error) => noise.problems.push(`uncaught exception: ${describe(error)}`);
const onWarning = (warning: Error) => noise.problems.push(`process warning: ${describe(warning)}`);
process.on('unhandledRejection', onRejection);
process.on('uncaughtException', onException);
process.on('warning', onWarning);

function check(where: string): void {
  const problems = noise.problems.splice(0);
  if (problems.length > 0) throw new Error(`Not expected ${where}:\n\n${problems.join('\n\n')}`);
}

beforeEach(() => {
  noise.expected = undefined;
});

afterEach(async ({ task }) => {
  await turn();
  noise.expected = undefined;
  check(`in or before the test "${task.name}"`);
});

afterAll(async () => {
  await moment();
  process.stdout.write = write.stdout;
  process.stderr.write = write.stderr;
  process.off('unhandledRejection', onRejection);
  process.off('uncaughtException', onException);
  process.off('warning', onWarning);
  check('outside a test of this file');
});
