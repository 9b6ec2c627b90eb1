import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { FROZEN, THAWED } from './journal.ts';

/** A process that freezes itself as a platform would, and logs its actions to a file that outlives it. */
export interface FreezingProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything that the process has printed. An unexpected line is a finding. */
  readonly printed: string[];
  /** Returns the lines that the process wrote before each freeze, and last the lines since then. */
  journal(): string[][];
  /** Resolves when the process has frozen for the n-th time. None of its code runs until `thaw`. */
  frozen(n: number): Promise<void>;
  /** Resolves when the process goes on. */
  thaw(): Promise<void>;
  /** Resolves to the next message of the process. */
  message<T>(): Promise<T>;
}

/** A frozen child can't end by itself, so this process kills all when it ends, even if a test run is cut short. */
const running = new Set<ChildProcess>();
const endAll = () => running.forEach((child) => child.kill('SIGKILL'));
process.once('exit', endAll);
process.once('SIGTERM', () => {
  endAll();
  process.kill(process.pid, 'SIGTERM');
});

export function startFreezing(
  module: URL,
  options: object,
  env: Readonly<Record<string, string>>,
): FreezingProcess {
  const folder = mkdtempSync(join(tmpdir(), 'trpc-events-'));
  const file = join(folder, 'journal');
  writeFileSync(file, '');
  const child = fork(module, [file, JSON.stringify(options)], {
    env: { ...process.env, ...env },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    silent: true,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const printed: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const journal = () => split(lines());
  const exit = once(child, 'exit');
  const unlessItEnds = <T>(promise: Promise<T>): Promise<T> =>
    Promise.race([
      promise,
      exit.then(() => {
        throw new Error(`It has ended: ${printed.join('')}`);
      }),
    ]);
  return {
    child,
    printed,
    journal,
    async frozen(n) {
      const freezes = vi.waitFor(
        () => {
          if (journal().length <= n) throw new Error(`It does not freeze: ${JSON.stringify(journal())}`);
        },
        { timeout: 30_000, interval: 5 },
      );
      await unlessItEnds(freezes);
    },
    async thaw() {
      const count = (line: string) => lines().filter((each) => each === line).length;
      const goesOn = vi.waitFor(
        () => {
          // The process says that it freezes just before it does. A signal in between has no effect, so it is sent again.
          child.kill('SIGCONT');
          if (count(THAWED) < count(FROZEN)) throw new Error('It does not go on.');
        },
        { timeout: 30_000, interval: 5 },
      );
      await unlessItEnds(goesOn);
    },
    async message<T>() {
      const [message] = (await unlessItEnds(once(child, 'message'))) as [T];
      return message;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}

function split(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line === FROZEN) parts.push([]);
    else if (line !== THAWED) parts.at(-1)!.push(line);
  }
  return parts;
}
