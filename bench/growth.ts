import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { defineEvents, initEvents } from '../src/index.ts';
import type { Table } from './report.ts';

const payload = z.object({ n: z.number() });
/** The number of times that each size is timed. The fastest counts, because the machine can only make it slower. */
const TRIES = 5;

/** A row of the growth table: `run` prepares something of a size, and returns what is timed. */
interface Row {
  readonly name: string;
  readonly sizes: readonly number[];
  /** The number of units that the time is divided by. Default: the size. */
  readonly units?: (size: number) => number;
  readonly prepare: (size: number) => () => unknown;
}

function setUp(names: readonly string[]) {
  const e = initEvents.create(defineEvents(Object.fromEntries(names.map((name) => [name, payload]))));
  const router = e.router();
  return { e, router, bus: () => e.bus({ handlers: [router], unhandled: 'ignore' }) };
}
const many = (count: number, of: (i: number) => string) => Array.from({ length: count }, (_, i) => of(i));
const listener = () => async () => {};
const one = () => 1;

const ROWS: readonly Row[] = [
  {
    name: 'events in one scope, an event',
    sizes: [100, 1000, 9000],
    prepare(size) {
      const { router, bus } = setUp(['a']);
      router.on('a', listener());
      const made = bus();
      return () =>
        made.scope(({ dispatch }) => {
          for (let n = 0; n < size; n++) dispatch('a', { n });
        });
    },
  },
  {
    name: 'calls at once, each with one event, a call',
    sizes: [1, 100, 1000],
    prepare(size) {
      const { router, bus } = setUp(['a']);
      router.on('a', listener());
      const made = bus();
      const t = initTRPC.create();
      const create = t.procedure.use(made.middleware()).mutation(({ ctx }) => ctx.dispatch('a', { n: 1 }));
      const caller = t.router({ create }).createCaller({});
      return async () => {
        await Promise.all(Array.from({ length: size }, () => caller.create()));
        await made.drain();
      };
    },
  },
  {
    name: 'listeners of one event, an attempt',
    sizes: [100, 1000, 10_000],
    prepare(size) {
      const { router, bus } = setUp(['a']);
      for (let i = 0; i < size; i++) router.on('a', listener(), { name: `l${i}` });
      const made = bus();
      return () => made.publish('a', { n: 1 });
    },
  },
  {
    name: 'listeners registered, one matches, a publish',
    sizes: [1, 100, 10_000],
    units: one,
    prepare(size) {
      const { router, bus } = setUp(many(size, (i) => `e.e${i}`));
      for (let i = 0; i < size; i++) router.on(`e.e${i}`, listener());
      const made = bus();
      return () => made.publish('e.e0', { n: 1 });
    },
  },
  {
    name: '.on by pattern, a catalog as large, an .on',
    sizes: [100, 1000, 5000],
    prepare(size) {
      const names = many(size, (i) => `e.e${i}`);
      const { e } = setUp(names);
      return () => {
        const router = e.router();
        for (const name of names) router.on(`${name}*`, listener());
      };
    },
  },
  {
    name: 'listeners without a name: .on, publish, off',
    sizes: [100, 1000, 2000],
    units: one,
    prepare(size) {
      const { router, bus } = setUp(['a', 'b']);
      for (let i = 0; i < size; i++) router.on('a', listener());
      const made = bus();
      return async () => {
        const off = new AbortController();
        router.on('b', listener(), { signal: off.signal });
        await made.publish('b', { n: 1 });
        off.abort();
      };
    },
  },
  {
    name: 'a chain of events, a link',
    sizes: [100, 1000, 5000],
    prepare(size) {
      const e = initEvents.create(defineEvents({ a: payload }));
      const router = e.router().on('a', ({ event, ctx }) => {
        if (event.payload.n > 0) ctx.dispatch('a', { n: event.payload.n - 1 });
      });
      const bus = e.bus({ handlers: [router], limits: { depth: size + 1 } });
      return async () => {
        await bus.publish('a', { n: size });
        await bus.drain();
      };
    },
  },
  {
    name: 'deferred flushes at a drain, a flush',
    sizes: [100, 1000, 5000],
    prepare(size) {
      const { e, router } = setUp(['a']);
      router.on('a', listener());
      const bus = e.bus({ handlers: [router] });
      const defer = { name: 'hold', start() {} };
      const call = { path: undefined, meta: undefined, defer, signal: undefined, response: undefined };
      const ok = { ok: true } as const;
      return async () => {
        for (let n = 0; n < size; n++) {
          const scope = bus['~open'](call);
          scope.run(() => e.dispatch('a', { n }));
          await scope.settle(ok);
        }
        await bus.drain();
      };
    },
  },
];

/** Times a row. Returns the µs of a unit for each size. */
async function measure({ sizes, units = (size) => size, prepare }: Row): Promise<readonly number[]> {
  const times: number[] = [];
  for (const size of sizes) {
    const run = prepare(size);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < TRIES; i++) {
      const start = performance.now();
      await run();
      best = Math.min(best, performance.now() - start);
    }
    times.push((best * 1000) / units(size));
  }
  return times;
}

export async function* growth(): AsyncGenerator<Table> {
  const raw: object[] = [];
  const lines = [];
  for (const row of ROWS) {
    const times = await measure(row);
    raw.push({ name: row.name, unit: 'µs', sizes: row.sizes, times });
    const figures = row.sizes.map((size, i) => `${size.toLocaleString('en')}: ${times[i]!.toPrecision(3)}`);
    lines.push({ name: row.name, figures: figures.join(', ') });
  }
  yield { title: 'µs of a unit, by size: the best of five times', lines, raw };
}
