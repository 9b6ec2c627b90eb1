import { performance } from 'node:perf_hooks';
import { interval, ratioOf, type Goal, type Table } from './report.ts';

/** Something to time. `run` does it `per` times. */
export interface Case {
  readonly name: string;
  readonly per: number;
  readonly run: () => Promise<void>;
}

const WARM_MS = 300;
const SAMPLE_MS = 4;
const TRIES = 8;

/** Times cases in interleaved rounds, each in a new order, and divides them by the first. Goals stand in the cases' order. */
export async function compare(
  title: string,
  cases: readonly Case[],
  rounds: number,
  goals: readonly (Goal | undefined)[] = [],
): Promise<Table> {
  const runs = [];
  for (const { run } of cases) runs.push(await calibrate(run));
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const i of shuffled(cases.length)) {
      const { run, per } = cases[i]!;
      samples[i]!.push(((await sample(run, runs[i]!)) / runs[i]! / per) * 1e6);
    }
  }
  const lines = cases.map(({ name }, i) => ({
    name,
    figures: `${interval(samples[i]!).median.toFixed(0)} ns`,
    ratio: ratioOf(samples[i]!, samples[0]!),
    goal: goals[i],
  }));
  return { title, lines, raw: cases.map(({ name }, i) => ({ name, unit: 'ns', samples: samples[i]! })) };
}

/** Warms up the code. Returns how many runs make a sample. */
async function calibrate(run: Case['run']): Promise<number> {
  const end = performance.now() + WARM_MS;
  while (performance.now() < end) await run();
  const ms = (await time(run, 5)) / 5;
  return Math.max(1, Math.round(SAMPLE_MS / ms));
}

/** Takes one sample, and repeats it if the kernel took the processor away meanwhile. */
async function sample(run: Case['run'], runs: number): Promise<number> {
  let ms = 0;
  for (let i = 0; i < TRIES; i++) {
    const before = process.resourceUsage().involuntaryContextSwitches;
    ms = await time(run, runs);
    if (process.resourceUsage().involuntaryContextSwitches === before) return ms;
  }
  return ms;
}

async function time(run: Case['run'], runs: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) await run();
  return performance.now() - start;
}

/** Returns the numbers below `length` in a random order. */
export function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
