/** The cost of an inspector that nobody looks at: CPU of an HTTP call with one event, and heap. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startForRounds } from './http.ts';
import { interval, ratioOf, type Line, type Table } from './report.ts';

const SERVERS = [
  { name: 'without an inspector', observer: '' },
  { name: 'the same again, the control', observer: '' },
  { name: 'with an inspector', observer: 'inspected' },
];
const WARM_UP = 8000;
const REQUESTS = 500;
/** The most heap that an inspector may keep, in MiB. */
const MOST_HEAP = 64;

/** Loads the servers in turn, in many short rounds, so that what the machine does meanwhile is the same for all. */
async function cpu(rounds: number): Promise<Table> {
  const servers = await Promise.all(SERVERS.map(({ observer }) => startForRounds('1 × 1', observer)));
  const samples = servers.map((): number[] => []);
  try {
    for (const { cost } of servers) await cost(WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < servers.length; i++) {
        const at = (round + i) % servers.length; // each round begins with another server
        samples[at]!.push(await servers[at]!.cost(REQUESTS));
      }
    }
  } finally {
    for (const { end } of servers) end();
  }
  const lines = SERVERS.map(({ name, observer }, i): Line => {
    const ratio = ratioOf(samples[i]!, samples[0]!);
    const figures = `${interval(samples[i]!).median.toFixed(0)} µs`;
    return { name, figures, ratio, goal: observer === '' ? undefined : { atMost: 1.25 } };
  });
  const title = 'CPU of an HTTP call with one event, ÷ one without an inspector; nobody looks at it';
  return { title, lines, raw: samples };
}

/** Returns the heap of a new process after `events` events and a garbage collection, in MiB. */
async function heapAfter(events: number, observer: string): Promise<number> {
  const file = join(import.meta.dirname, 'inspector-memory.ts');
  const child = fork(file, [String(events), observer], { execArgv: ['--expose-gc'] });
  const [bytes] = (await once(child, 'message')) as [number];
  await once(child, 'exit');
  return bytes / 2 ** 20;
}

async function heap(): Promise<Table> {
  const raw = [];
  for (const events of [200_000, 1_000_000]) {
    const [without, inspected] = [await heapAfter(events, ''), await heapAfter(events, 'inspected')];
    raw.push({ events, without, inspected });
  }
  const lines = raw.map(({ events, without, inspected }): Line => {
    const more = inspected - without;
    const figures = `${more.toFixed(1)} MiB more, goal ≤ ${MOST_HEAP}: ${more <= MOST_HEAP ? 'met' : 'missed'}`;
    return { name: `after ${events.toLocaleString('en')} events`, figures };
  });
  return { title: 'Heap after a garbage collection, beside the same without an inspector', lines, raw };
}

export async function* inspector(rounds: number): AsyncGenerator<Table> {
  yield await cpu(rounds);
  yield await heap();
}
