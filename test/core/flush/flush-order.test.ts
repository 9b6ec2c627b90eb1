import { expect, it } from 'vitest';
import { e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const dispatchAll =
  (...payloads: unknown[]) =>
  ({ dispatch }: { dispatch: typeof e.dispatch }) =>
    payloads.forEach((payload) => dispatch('cat.spotted', payload));

it('A listener gets the events of a flush one at a time and in order, each when the one before is done.', async () => {
  const log: string[] = [];
  const router = e.router().on('cat.spotted', async ({ event }) => {
    log.push(`begin ${event.payload as number}`);
    await turn();
    log.push(`end ${event.payload as number}`);
  });
  await using bus = e.bus({ handlers: [router] });
  await bus.scope(dispatchAll(1, 2, 3));
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

it('A listener that returns at once for some events and waits for others gets them in order.', async () => {
  const log: unknown[] = [];
  const router = e.router().on('cat.spotted', ({ event }) => {
    const keep = () => log.push(event.payload);
    return (event.payload as number) % 2 === 0 ? keep() : turn().then(() => keep());
  });
  await using bus = e.bus({ handlers: [router] });
  await bus.scope(dispatchAll(0, 1, 2, 3, 4, 5, 6));
  expect(log).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('A failure neither holds up the next event of the listener nor changes the order.', async () => {
  const log: unknown[] = [];
  const router = e.router().on('cat.spotted', async ({ event }) => {
    await turn();
    log.push(event.payload);
    if (event.payload === 2) throw new Error('no');
  });
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  await bus.scope(dispatchAll(1, 2, 3));
  expect(log).toEqual([1, 2, 3]);
});

it('Different listeners do not wait for each other.', async () => {
  const log: string[] = [];
  const { promise, open } = gate();
  const router = e.router();
  router.on('cat.spotted', async ({ event }) => {
    await promise;
    log.push(`slow ${event.payload as number}`);
  });
  router.on('cat.spotted', ({ event }) => void log.push(`quick ${event.payload as number}`));
  await using bus = e.bus({
    handlers: [
      router,
      { name: 'handler', handle: ({ payload }) => log.push(`handler ${payload as number}`) },
    ],
  });
  const flushed = bus.scope(dispatchAll(1, 2));
  await turn();
  expect(log).toEqual(['quick 1', 'handler 1', 'quick 2', 'handler 2']);
  open();
  await flushed;
  expect(log.slice(4)).toEqual(['slow 1', 'slow 2']);
});

it('A busy listener keeps its place when another one is registered or removed meanwhile.', async () => {
  const log: string[] = [];
  const router = e.router();
  const off = new AbortController();
  router.on('cat.spotted', async ({ event }) => {
    log.push(`begin ${event.payload as number}`);
    await turn();
    log.push(`end ${event.payload as number}`);
  });
  router.on('cat.spotted', function change({ event }) {
    if (event.payload === 1) router.on('user.created', () => {});
    if (event.payload === 2) off.abort();
  });
  router.on('user.created', () => {}, { signal: off.signal });
  await using bus = e.bus({ handlers: [router] });
  await bus.scope(dispatchAll(1, 2, 3));
  expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

it('Flushes do not wait for each other.', async () => {
  const { promise, open } = gate();
  const log: unknown[] = [];
  const router = e.router().on('cat.spotted', async ({ event }) => {
    if (event.payload === 'slow') await promise;
    log.push(event.payload);
  });
  await using bus = e.bus({ handlers: [router] });
  const slow = bus.publish('cat.spotted', 'slow');
  await bus.publish('cat.spotted', 'quick');
  expect(log).toEqual(['quick']);
  open();
  await slow;
});

it('An event that a listener chains comes after the events that are already being flushed.', async () => {
  const log: string[] = [];
  const router = e.router();
  router.on('cat.spotted', ({ event, ctx }) => {
    log.push(`first ${event.payload as number}`);
    ctx.dispatch('user.created', { id: `${event.payload as number}` });
  });
  router.on('cat.spotted', ({ event }) => void log.push(`second ${event.payload as number}`));
  router.on('user.created', ({ event }) => void log.push(`chained ${event.payload.id}`));
  await using bus = e.bus({ handlers: [router] });
  await bus.scope(dispatchAll(1, 2));
  expect(log).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'chained 1', 'chained 2']);
});

it('A long chain of synchronous listeners does not grow the stack.', async () => {
  let heard = 0;
  const router = e.router().on('cat.spotted', ({ event, ctx }) => {
    heard++;
    if ((event.payload as number) > 0) ctx.dispatch('cat.spotted', (event.payload as number) - 1);
  });
  await using bus = e.bus({ handlers: [router], limits: { depth: 20_000 } });
  await bus.publish('cat.spotted', 10_000);
  await bus.drain();
  expect(heard).toBe(10_001);
});

/** Makes a thenable that is not a native promise. */
const thenable = (then: (resolve: (value?: unknown) => void, reject: (error: unknown) => void) => void) =>
  // oxlint-disable-next-line unicorn/no-thenable -- the test is about thenables
  ({ then });
const boom = new Error('boom');

it.each<[string, () => unknown, unknown[]]>([
  ['resolves at once', () => thenable((resolve) => resolve()), []],
  ['resolves later', () => thenable((resolve) => void setImmediate(resolve)), []],
  ['resolves twice', () => thenable((resolve) => (resolve(), resolve())), []],
  ['resolves, then rejects', () => thenable((resolve, reject) => (resolve(), reject(boom))), []],
  ['resolves with a thenable', () => thenable((resolve) => resolve(thenable((resolve) => resolve()))), []],
  ['rejects at once', () => thenable((_, reject) => reject(boom)), [boom]],
  [
    'throws',
    () =>
      thenable(() => {
        throw boom;
      }),
    [boom],
  ],
  [
    'resolves, then throws',
    () =>
      thenable((resolve) => {
        resolve();
        throw boom;
      }),
    [],
  ],
  ['is of a class of promises', () => SubPromise.reject(boom), [boom]],
])(
  'A listener may return a thenable that %s, which is awaited and counts once.',
  async (_, returned, causes) => {
    const log: unknown[] = [];
    const router = e.router().on('cat.spotted', ({ event }) => (log.push(event.payload), returned()));
    await using bus = e.bus({ handlers: [router], onError: ({ error }) => void log.push(error.cause) });
    await bus.scope(dispatchAll(1, 2));
    expect(log).toEqual([1, ...causes, 2, ...causes]);
  },
);

class SubPromise<T> extends Promise<T> {}
