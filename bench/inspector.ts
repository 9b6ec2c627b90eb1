import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { start } from './http.ts';

/** Servers with one event and one listener: without an inspector, again as the control, and with one that nobody reads. */
const SUBJECTS = [['1 × 1'], ['1 × 1'], ['1 × 1', 'inspected']];
const WARM_UP = 8000;
const REQUESTS = 500;

/** The CPU time of a request to each server, in µs, and its ratio to the first server, of each round. */
export interface HttpCost {
  readonly cpu: readonly number[];
  readonly ratio: readonly number[];
}

/** Loads the servers in turn, in many short rounds, so that what the machine does meanwhile is the same for all. */
export async function httpCosts(rounds: number): Promise<readonly HttpCost[]> {
  const servers = await Promise.all(SUBJECTS.map((subject) => start(...subject)));
  try {
    for (const { cost } of servers) await cost(WARM_UP);
    const costs = servers.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < servers.length; i++) {
        // Each round begins with another server.
        const at = (round + i) % servers.length;
        costs[at]!.push(await servers[at]!.cost(REQUESTS));
      }
    }
    return costs.map((cpu) => ({ cpu, ratio: cpu.map((us, i) => us / costs[0]![i]!) }));
  } finally {
    for (const { end } of servers) end();
  }
}

/** Returns the heap after `events` events and a garbage collection, in MiB, of a process of its own. */
export async function heapAfter(events: number, isInspected: boolean): Promise<number> {
  const file = join(import.meta.dirname, 'inspector-memory.ts');
  const child = fork(file, [String(events), isInspected ? 'inspected' : ''], { execArgv: ['--expose-gc'] });
  const [bytes] = (await once(child, 'message')) as [number];
  await once(child, 'exit');
  return bytes / 2 ** 20;
}
