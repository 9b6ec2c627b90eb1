import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** True if the system lists its processes in files, as Linux does. */
export const tellsProcesses = existsSync('/proc/self/stat');

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The title or the command line. */
  readonly title: string;
}

/** Returns the processes that a process has started, directly and indirectly. */
export function processesBelow(pid: number): readonly Process[] {
  const all = readdirSync('/proc').flatMap((name) => read(Number(name)) ?? []);
  const found: Process[] = [];
  const findBelow = (parent: number): void => {
    for (const it of all) {
      if (it.parent !== parent) continue;
      found.push(it);
      findBelow(it.pid);
    }
  };
  findBelow(pid);
  return found;
}

export function isRunning({ pid }: { readonly pid: number }): boolean {
  return read(pid) !== undefined;
}

/** Returns undefined for a process that has ended, even if its parent has not read its exit code yet. */
function read(pid: number): Process | undefined {
  if (!Number.isInteger(pid)) return undefined;
  try {
    const [, state, parent] = /\) (\w) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return state === 'Z' ? undefined : { pid, parent: Number(parent), title };
  } catch {
    return undefined; // it ended meanwhile
  }
}
