/** The heap that an event keeps while it waits for its call, and that a listener keeps for good. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { defineEvents, initEvents } from '../src/index.ts';
import { interval, type Table } from './report.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const payload = z.object({ id: z.string(), email: z.string() });
const TRIES = 5;

/** Returns the bytes of heap that one of `count` things keeps, for several tries. `make` returns what keeps them alive. */
async function bytes(count: number, make: () => unknown): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    gc();
    const before = process.memoryUsage().heapUsed;
    const kept = await make();
    gc();
    samples.push((process.memoryUsage().heapUsed - before) / count);
    void kept;
  }
  return samples;
}

const builder = (names: readonly string[]) =>
  initEvents.create(defineEvents(Object.fromEntries(names.map((name) => [name, payload]))));

const EVENTS = 9000;
const LISTENERS = 10_000;

async function buffered() {
  const made = builder(['a']).bus({ handlers: [], unhandled: 'ignore' });
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  const samples = await bytes(EVENTS, () => {
    void made.scope(async ({ dispatch }) => {
      for (let n = 0; n < EVENTS; n++) dispatch('a', { id: `${n}`, email: 'ada@example.org' });
      await held;
    });
    return made;
  });
  release();
  return samples;
}

function registered(names: readonly string[]) {
  const e = builder(names);
  return bytes(LISTENERS, () => {
    const router = e.router();
    for (let i = 0; i < LISTENERS; i++) router.on(names[i % names.length]!, () => {}, { name: `l${i}` });
    const made = e.bus({ handlers: [router], unhandled: 'ignore' });
    return made.publish(names[0]!, { id: '1', email: 'ada@example.org' }).then(() => [made, router]);
  });
}

export async function* memory(): AsyncGenerator<Table> {
  const results = {
    'an event that waits for its call, two fields': await buffered(),
    'a listener, all on one event': await registered(['a']),
    'a listener, each on an event of its own': await registered(
      Array.from({ length: LISTENERS }, (_, i) => `e.e${i}`),
    ),
  };
  const lines = Object.entries(results).map(([name, samples]) => ({
    name,
    figures: `${Math.round(interval(samples).median).toLocaleString('en')} bytes`,
  }));
  yield { title: 'Heap that stays after a garbage collection', lines, raw: results };
}
