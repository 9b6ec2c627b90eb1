import { expect, it } from 'vitest';
import type { ErrorReport, EventObserver, Outcome } from '../../../src/index.ts';
import { collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const boom = new Error('boom');

/** Runs a scope with two kept events, a failure and a discard under an observer, and returns its HOOK_FAILED errors. */
async function under(observer: object) {
  const reports: ErrorReport[] = [];
  const seen = collector();
  let calls = 0;
  const router = e.router().on('cat.spotted', async ({ event }) => {
    calls++;
    await turn();
    if (event.payload === 'bad') throw boom;
  });
  const bus = e.bus({
    handlers: [router, seen.handler],
    observers: [{ name: 'mine', ...observer }],
    unhandled: 'ignore',
    onError: (report) => void reports.push(report as never),
  });
  const value = await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 'good');
    dispatch('cat.spotted', 'bad');
    dispatch('cat.spotted', 'dropped', { when: 'failure' });
    return 'value';
  });
  await bus.deliver({ id: 'a', name: 'user.created', payload: { id: '1' }, time: new Date(0) });
  await bus.drain();
  await turn();
  expect({ value, calls, seen: seen.payloads }).toEqual({
    value: 'value',
    calls: 2,
    seen: ['good', 'bad', { id: '1' }],
  });
  const hooks = reports.filter(({ error }) => error.code === 'HOOK_FAILED').map(({ error }) => error);
  // The one failure of the listener is reported once, whatever the observer does.
  expect(reports.length - hooks.length).toBe(1);
  return hooks;
}

const hooks = ['scopeOpened', 'scopeSettled', 'dispatched', 'discarded', 'errored'] as const;
const wrappers = ['wrapFlush', 'wrapAttempt', 'wrapDelivery'] as const;
/** How often `under` calls each hook. */
const times = {
  scopeOpened: 1,
  scopeSettled: 1,
  dispatched: 3,
  discarded: 1,
  errored: 1,
  wrapFlush: 2,
  wrapAttempt: 5,
  wrapDelivery: 1,
};
const faults: [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw boom;
    },
  ],
  ['rejects', () => Promise.reject(boom)],
];

it.each([...hooks, ...wrappers].flatMap((hook) => faults.map(([fault, fn]) => ({ hook, fault, fn }))))(
  'A $hook that $fault is reported once, and skipped each time.',
  async ({ hook, fn }) => {
    const found = await under({ [hook]: fn });
    const expected = found.filter(
      ({ message }) => message === `The observer mine, in ${hook}, threw Error: boom`,
    );
    expect(found).toEqual(expected);
    expect(expected.map(({ cause }) => cause)).toEqual([boom]);
  },
);

type Run = () => Promise<Outcome>;
it.each(wrappers)('A %s that does not call run is reported, and the step runs anyway.', async (hook) => {
  const found = await under({ [hook]: () => {} });
  expect(found.map(({ message }) => message)).toEqual([
    `The observer mine, in ${hook}, threw Error: it returned before it called run(): call it at once, not after an await`,
  ]);
});

it.each(wrappers)(
  'A %s that calls run after an await is reported; the step runs in time, and the wrapper gets its outcome.',
  async (hook) => {
    const outcomes: Outcome[] = [];
    const found = await under({
      [hook]: async (_: unknown, run: Run) => {
        await Promise.resolve();
        outcomes.push(await run());
      },
    });
    expect(found).toHaveLength(1);
    expect(outcomes).toHaveLength(times[hook]);
  },
);

it.each(wrappers)('A %s that calls run twice runs the step once, with the same outcome.', async (hook) => {
  const same: boolean[] = [];
  const found = await under({
    [hook]: async (_: unknown, run: Run) => {
      const outcomes = await Promise.all([run(), run()]);
      same.push(outcomes[0] === outcomes[1]);
    },
  });
  expect(found).toEqual([]);
  expect(same).toEqual(Array.from({ length: times[hook] }, () => true));
});

it.each(wrappers)('A %s that throws after run keeps nothing waiting.', async (hook) => {
  const found = await under({
    [hook]: (_: unknown, run: Run) => {
      void run();
      throw boom;
    },
  });
  expect(found).toHaveLength(1);
});

it.each(wrappers)('A %s that hangs after run keeps only drain waiting, which names it.', async (hook) => {
  const { promise, open } = gate();
  const observer = { name: 'mine', [hook]: (_: unknown, run: Run) => (void run(), promise) };
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler], observers: [observer] });
  await bus.publish('cat.spotted', 1);
  await bus.deliver({ id: 'a', name: 'cat.spotted', payload: 2, time: new Date(0) });
  expect(seen.payloads).toEqual([1, 2]);
  await expect(bus.drain({ timeout: 10 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: expect.stringContaining(`${hook} of mine`),
  });
  open();
  await bus.drain({ timeout: 1000 });
});

it('A drain that takes too long names the work before the wrappers that wait for it.', async () => {
  const { promise, open } = gate();
  const waits = async (_: unknown, run: Run) => void (await run());
  const observer = { name: 'tracer', wrapFlush: waits, wrapAttempt: waits };
  await using bus = e.bus({ handlers: [{ name: 'slow', handle: () => promise }], observers: [observer] });
  void bus.publish('cat.spotted', 1);
  await expect(bus.drain({ timeout: 5 })).rejects.toMatchObject({
    message: expect.stringMatching(
      /still runs: slow on cat\.spotted \S+; wrapAttempt of tracer; wrapFlush of tracer\.$/,
    ),
  });
  open();
});

it('drain waits for what an observer does after an attempt.', async () => {
  const log: string[] = [];
  const observer: EventObserver = {
    name: 'slow',
    async wrapAttempt(_, run) {
      await run();
      await turn();
      log.push('recorded');
    },
  };
  await using bus = e.bus({ handlers: [collector().handler], observers: [observer] });
  await bus.publish('cat.spotted', 1);
  log.push('published');
  await bus.drain();
  expect(log).toEqual(['published', 'recorded']);
});

it('A wrapper cannot change the outcome of an attempt.', async () => {
  const lies: EventObserver = {
    name: 'lies',
    wrapAttempt: (_, run) => run().then(() => ({ ok: true })) as unknown as Promise<void>,
  };
  const router = e.router().on('*', () => Promise.reject(boom));
  await using bus = e.bus({ handlers: [router], observers: [lies], onError: () => {} });
  expect((await bus.publish('cat.spotted', 1)).failures).toHaveLength(1);
});

it('An observer cannot change an event, except for its trace context.', async () => {
  const seen = collector();
  const codes: string[] = [];
  const keys = [
    'id',
    'name',
    'payload',
    'time',
    'key',
    'path',
    'correlationId',
    'causationId',
    'depth',
    'meta',
  ];
  const observers = ['added', ...keys].flatMap((key): EventObserver[] => [
    {
      name: `sets ${key}`,
      dispatched: (event) => void ((event as unknown as Record<string, unknown>)[key] = 'changed'),
    },
    {
      name: `deletes ${key}`,
      dispatched: (event) => void delete (event as unknown as Record<string, unknown>)[key],
    },
  ]);
  await using bus = e.bus({
    handlers: [seen.handler],
    observers,
    onError: ({ error }) => void codes.push(error.code),
  });
  const { event } = await bus.publish('cat.spotted', 1);
  // Each observer tried to change a frozen event. Only deleting a key that isn't there is no error.
  expect(codes).toEqual(Array.from({ length: observers.length - 1 }, () => 'HOOK_FAILED'));
  expect(Object.keys(event)).toHaveLength(12);
  expect(event.id).toMatch(/^[\w-]{36}$/);
  expect(event).toMatchObject({ name: 'cat.spotted', payload: 1, depth: 0, meta: {} });
  expect(event.time).toBeInstanceOf(Date);
});

it.each<[string, (event: object) => unknown]>([
  ['a getter', (event) => Object.defineProperty(event, 'payload', { get: () => 'hacked', set() {} })],
  [
    'a locked value',
    (event) => Object.defineProperty(event, 'payload', { value: 'hacked', writable: false }),
  ],
  ['a prototype', (event) => Object.setPrototypeOf(event, { payload: 'hacked' })],
])('An observer that gives an event %s changes nothing, and fails no dispatch.', async (_, change) => {
  const seen = collector();
  const errors: string[] = [];
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const observers: EventObserver[] = [
    { name: 'hacks', dispatched: (event) => void change(event) },
    { name: 'traces', dispatched: () => ({ traceparent, payload: 'hacked' }) },
  ];
  await using bus = e.bus({
    handlers: [seen.handler],
    observers,
    onError: ({ error }) => void errors.push(error.code),
  });
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 1));
  expect(seen.events).toMatchObject([{ payload: 1, traceparent }]);
  expect(Object.getPrototypeOf(seen.events[0])).toBe(Object.prototype);
  expect(errors).toEqual(['HOOK_FAILED']);
});

it('A trace context that is no text is left out.', async () => {
  const seen = collector();
  const dispatched = () => ({ traceparent: 5, tracestate: {} }) as never;
  await using bus = e.bus({ handlers: [seen.handler], observers: [{ name: 'traces', dispatched }] });
  await bus.publish('cat.spotted', 1);
  expect(seen.events).toMatchObject([{ traceparent: undefined, tracestate: undefined }]);
});

it('An attempt whose observer was taken off meanwhile still tells its wrapper, so that a drain ends.', async () => {
  const { promise, open } = gate();
  const outcomes: Outcome[] = [];
  await using bus = e.bus({ handlers: [{ name: 'slow', handle: () => promise }] });
  const stop = bus.observe({ name: 'mine', wrapAttempt: async (_, run) => void outcomes.push(await run()) });
  void bus.publish('cat.spotted', 1);
  stop();
  open();
  await bus.drain({ timeout: 1000 });
  expect(outcomes).toEqual([{ ok: true }]);
});

it('An observer whose errored hook throws is not told of that error.', async () => {
  let told = 0;
  const found = await under({
    errored: () => {
      told++;
      throw boom;
    },
  });
  expect(told).toBe(1);
  expect(found).toHaveLength(1);
});

it('An observer that throws does not keep other observers from hearing.', async () => {
  const heard: string[] = [];
  const bad: EventObserver = {
    name: 'bad',
    dispatched() {
      throw boom;
    },
    wrapAttempt() {
      throw boom;
    },
  };
  const good: EventObserver = {
    name: 'good',
    dispatched: () => void heard.push('dispatched'),
    wrapAttempt: (_, run) => (heard.push('attempt'), void run()),
  };
  await using bus = e.bus({
    handlers: [collector().handler],
    observers: [bad, good, bad],
    onError: () => {},
  });
  await bus.publish('cat.spotted', 1);
  expect(heard).toEqual(['dispatched', 'attempt']);
});

it.each([[undefined], [null], [{}], [{ name: '' }], [{ name: 7 }], [() => {}], ['mine']])(
  'The observer %o is refused by e.bus and bus.observe.',
  (observer) => {
    const refused = (where: string) =>
      expect.objectContaining({
        code: 'BAD_OPTION',
        message: expect.stringContaining(`${where}: an observer is an object with a name, not `),
      });
    expect(() => untyped(e.bus)({ handlers: [], observers: [observer] })).toThrow(refused('e.bus'));
    expect(() => untyped(e.bus({ handlers: [] }).observe)(observer)).toThrow(refused('bus.observe'));
  },
);
