/**
 * `npm run bench`: prints what a call costs, in process and over HTTP, what grows with what, and what a
 * forwarder, the inspector and OpenTelemetry cost.
 *
 * `npm run bench -- 200` runs 200 rounds: more rounds make the quartiles narrower. `npm run bench -- 60 calls`, `http`,
 * `growth`, `inspector`, `queue` or `otel` runs only that part.
 */
import { compare, type Case, type Result } from './ab.ts';
import { measure, ROWS } from './growth.ts';
import { latency, load } from './http.ts';
import { heapAfter, httpCosts } from './inspector.ts';
import { withApiAlone, withSdk } from './otel.ts';
import { pubsubCosts } from './pubsub.ts';
import { queueCosts, type QueueCost } from './queue.ts';
import { ALL_HOOKS, byHand, dispatch, events, noop } from './subjects.ts';

const rounds = Number(process.argv[2] ?? 60);
const part = process.argv[3];
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The first case of a group is what the others are divided by. */
const GROUPS: readonly { readonly cases: readonly Case[]; readonly goals: readonly number[] }[] = [
  {
    cases: [
      noop(),
      noop(),
      events('an empty scope', { events: 0, listeners: 1 }),
      events('1 event × 1 listener', { events: 1, listeners: 1 }),
      events('10 events × 10 listeners', { events: 10, listeners: 10 }),
    ],
    goals: [Number.NaN, Number.NaN, 1.07, 1.33, 4.9],
  },
  {
    cases: [
      noop({ onClose: true }),
      events('an empty scope, on close', { events: 0, listeners: 1, onClose: true }),
      events('1 × 1, on close', { events: 1, listeners: 1, onClose: true }),
    ],
    goals: [Number.NaN, Number.NaN, 1.65],
  },
  {
    cases: [
      events('1 × 1, no observer', { events: 1, listeners: 1 }),
      events('an empty observer', { events: 1, listeners: 1, observers: [{ name: 'empty' }] }),
      events('one with all hooks', { events: 1, listeners: 1, observers: [ALL_HOOKS] }),
    ],
    goals: [Number.NaN, 1.15, 1.3],
  },
  { cases: [byHand(), dispatch()], goals: [Number.NaN, 1.25] },
  {
    cases: [
      events('1 listener of 1', { events: 1, listeners: 1 }),
      events('1 listener of 10,000', { events: 1, listeners: 1, others: 9_999 }),
    ],
    goals: [Number.NaN, 1.15],
  },
];

async function calls(): Promise<void> {
  console.log(`${rounds} interleaved rounds; × is the median ratio of a round to the first of the group`);
  for (const { cases, goals } of GROUPS) {
    console.log('');
    for (const [i, result] of (await compare(cases, rounds)).entries()) console.log(line(result, goals[i]!));
  }
}

function line({ name, ns, ratio }: Result, goal: number): string {
  const time = `${ns.median.toFixed(0)} ns`.padStart(10);
  const quartiles = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`.padEnd(14);
  return `${name.padEnd(26)} ${time}   × ${ratio.median.toFixed(2)}  (${quartiles}) ${verdict(ratio.median, goal)}`.trimEnd();
}

function verdict(ratio: number, goal: number): string {
  return Number.isNaN(goal) ? '' : `goal ≤ ${goal}: ${ratio <= goal ? 'met' : 'missed'}`;
}

/** A bare procedure, again as the control, then with a no-op middleware, an empty scope, and one event. */
const SUBJECTS = ['bare', 'bare', 'no-op', 'empty', '1 × 1'];

/** The SDK can't be taken off again without a trace, so its cases come last. */
async function otel(): Promise<void> {
  console.log('\nOpenTelemetry: × is the median ratio to a call without observers');
  for (const result of await compare(withApiAlone(), rounds)) {
    console.log(line(result, result.name === 'the API alone' ? 1.35 : Number.NaN));
  }
  console.log('');
  for (const result of await compare(withSdk(), rounds)) console.log(line(result, Number.NaN));
}

async function http(): Promise<void> {
  const repeats = Math.max(3, Math.round(rounds / 12));
  console.log(
    `\nHTTP, standalone adapter, 16 connections: ${repeats} fresh server processes a line, in turn`,
  );
  const loads = SUBJECTS.map((): { cpu: number; rate: number }[] => []);
  for (let i = 0; i < repeats; i++) {
    for (const [at, subject] of SUBJECTS.entries()) loads[at]!.push(await load(subject));
  }
  const cpu = loads.map((list) => median(list.map((result) => result.cpu)));
  const rate = loads.map((list) => median(list.map((result) => result.rate)));
  for (const [i, subject] of SUBJECTS.entries()) {
    const costs = `CPU ${cpu[i]!.toFixed(0)} µs, ÷ no-op ${(cpu[i]! / cpu[2]!).toFixed(2)}`;
    const capacity = `requests/s ÷ bare ${(rate[i]! / rate[0]!).toFixed(2)}`;
    const goal = subject === '1 × 1' ? verdict(cpu[i]! / cpu[2]!, 1.18) : '';
    console.log(`${subject.padEnd(26)} ${costs}, ${capacity}  ${goal}`.trimEnd());
  }
  const slow: Record<string, number[]> = { 'no-op': [], 'by hand': [], '5 ms': [] };
  for (let i = 0; i < repeats; i++) {
    for (const [subject, list] of Object.entries(slow)) list.push(await latency(subject));
  }
  for (const [subject, list] of Object.entries(slow)) {
    const name = subject === '5 ms' ? 'a 5 ms listener' : subject;
    const ratio = median(list) / median(slow['no-op']!);
    const goal = subject === '5 ms' ? verdict(ratio, 1) : '';
    console.log(
      `${name.padEnd(26)} p50 ${median(list).toFixed(2)} ms, ÷ no-op ${ratio.toFixed(2)}  ${goal}`.trimEnd(),
    );
  }
}

async function inspector(): Promise<void> {
  console.log(`\nThe inspector, nobody looking: an HTTP call with one event, ${rounds} interleaved rounds`);
  const names = ['without', 'without, again', 'inspector'];
  for (const [i, { cpu, ratio }] of (await httpCosts(rounds)).entries()) {
    const goal = i === 2 ? verdict(median(ratio), 1.25) : '';
    console.log(
      `${names[i]!.padEnd(26)} CPU ${median(cpu).toFixed(0)} µs   × ${median(ratio).toFixed(2)}  ${goal}`.trimEnd(),
    );
  }
  console.log('\nThe heap of the inspector after so many events, and how much of it is more than without');
  for (const events of [200_000, 1_000_000]) {
    const [without, heap] = [await heapAfter(events, false), await heapAfter(events, true)];
    const more = heap - without;
    const goal = `goal ≤ 64: ${more <= 64 ? 'met' : 'missed'}`;
    console.log(
      `${events.toLocaleString('en').padEnd(26)} ${heap.toFixed(1)} MiB   + ${more.toFixed(1)} MiB  ${goal}`,
    );
  }
}

async function growth(): Promise<void> {
  console.log(
    '\nGrowth: µs of a unit, the best of several times; the same at each size is flat, or linear in all',
  );
  for (const row of ROWS) {
    const times = await measure(row);
    const shown = row.sizes.map((size, i) => `${size}: ${times[i]!.toPrecision(3)}`).join('   ');
    console.log(`${row.name.padEnd(46)} ${shown}`);
  }
}

async function queue(): Promise<void> {
  console.log('\nA forwarder to SQS, ten events a request: CPU of an event ÷ that of the bare client');
  showQueue(await queueCosts(rounds));
  console.log('\nA forwarder to Pub/Sub, 1,000 events a request: CPU of an event ÷ that of the bare client');
  showQueue(await pubsubCosts(rounds));
}

function showQueue(costs: readonly QueueCost[]): void {
  for (const { name, cpu, ratio, goal } of costs)
    console.log(
      `${name.padEnd(26)} CPU ${cpu.toFixed(1)} µs   × ${ratio.toFixed(2)}  ${verdict(ratio, goal)}`.trimEnd(),
    );
}

console.log(`Node ${process.version}`);
if (part === undefined || part === 'calls') await calls();
if (part === undefined || part === 'http') await http();
if (part === undefined || part === 'growth') await growth();
if (part === undefined || part === 'inspector') await inspector();
if (part === undefined || part === 'queue') await queue();
if (part === undefined || part === 'otel') await otel();
