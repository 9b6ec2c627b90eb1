/** Starts worker processes, and ends them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ProcessOptions } from './worker-process.ts';

/** The folder of one test file: files may share this module. */
let folder: string;
const children = new Set<ChildProcess>();
let files = 0;

/**
 * Makes a folder for a test file. When the file ends, this removes the folder and kills the processes that are left. A
 * process whose server is gone would wait for it forever.
 */
export function killAtEnd(): void {
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'trpc-events-workers-'))));
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
}

export function newFile(kind: string): string {
  return join(folder, `${kind}-${files++}`);
}

/** Returns functions that start worker processes of one queue, which write to one ledger. The processes run `file`. */
export function workersOf(file: string, where: unknown, options: Partial<ProcessOptions> = {}) {
  const ledger = newFile('ledger');
  const given = { where, ledger, takes: 5, concurrency: 10, lease: 30, ...options };
  const errors: string[] = [];
  const lines = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trimEnd().split('\n') : []);
  return {
    errors,
    async start(): Promise<ChildProcess> {
      const child = spawn(process.execPath, [file, JSON.stringify(given)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.add(child);
      child.stderr.on('data', (text: Buffer) => {
        if (!/ExperimentalWarning|--trace-warnings/.test(String(text))) errors.push(String(text));
      });
      await once(child.stdout, 'data');
      return child;
    },
    lines,
    /** Returns the ids in the ledger's lines of a kind. */
    of: (kind: string) =>
      lines().flatMap((line) => (line.startsWith(`${kind} `) ? [line.split(' ')[1]!] : [])),
  };
}

export async function exitOf(child: ChildProcess): Promise<{ code: number | null; ms: number }> {
  const begun = performance.now();
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, ms: performance.now() - begun };
}
