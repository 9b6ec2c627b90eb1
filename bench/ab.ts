import { performance } from 'node:perf_hooks';

/** Something to time. `run` does it `per` times. */
export interface Case {
  readonly name: string;
  readonly per: number;
  readonly run: () => Promise<void>;
}
/** The result of a case. Times are in ns, each with the quartiles around it. */
export interface Result {
  readonly name: string;
  readonly ns: Spread;
  /** The ratio to the first case, round by round, so that what the machine did meanwhile cancels out. */
  readonly ratio: Spread;
}
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const WARM_MS = 300;
const SAMPLE_MS = 4;
const TRIES = 8;

/** Times cases in interleaved rounds, each in a new order, against the first of them. */
export async function compare(cases: readonly Case[], rounds: number): Promise<Result[]> {
  const runs = [];
  for (const { run } of cases) runs.push(await calibrate(run));
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const i of shuffled(cases.length)) {
      const { run, per } = cases[i]!;
      samples[i]!.push((await sample(run, runs[i]!)) / runs[i]! / per);
    }
  }
  const [base] = samples;
  return cases.map(({ name }, i) => ({
    name,
    ns: spread(samples[i]!.map((ms) => ms * 1e6)),
    ratio: spread(samples[i]!.map((ms, round) => ms / base![round]!)),
  }));
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

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
