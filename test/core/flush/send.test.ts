import { initTRPC } from '@trpc/server';
import { expect, it, vi } from 'vitest';
import type { AnyEvent, EventHandler, HandleManyOptions, Outcome, SendInfo } from '../../../src/index.ts';
import { inline } from '../../../src/index.ts';
import { collector, e, rejectionOf, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const to = { system: 'memory', destination: 'cats' };
const boom = new Error('boom');

/** Makes a handler that records its calls. */
function keeper() {
  const calls: { events: readonly AnyEvent[]; options: HandleManyOptions }[] = [];
  const handler: EventHandler = {
    name: 'keeper',
    handleMany: (events, options) => void calls.push({ events, options }),
  };
  return { handler, calls };
}

it.each([false, true])(
  'send returns or throws what its call does, with observers: %s.',
  async (isObserved) => {
    const { handler, calls } = keeper();
    const outcomes: Outcome[] = [];
    const infos: SendInfo[] = [];
    const observer = {
      name: 'sends',
      wrapSend: async (info: SendInfo, run: () => Promise<Outcome>) => {
        infos.push(info);
        outcomes.push(await run());
      },
    };
    await using bus = e.bus({ handlers: [handler], observers: isObserved ? [observer] : [] });
    await bus.publish('cat.spotted', 1);
    const [{ events, options } = calls[0]!] = calls;
    const { send } = options;
    // `send` works even after the handler has returned, because a handler may gather the events of several flushes.
    await expect(send({ ...to, events }, async () => 'receipt')).resolves.toBe('receipt');
    await expect(send({ ...to, events }, () => 'at once')).resolves.toBe('at once');
    await expect(send({ ...to, events }, () => Promise.reject(boom))).rejects.toBe(boom);
    await expect(
      send({ ...to, events }, () => {
        throw boom;
      }),
    ).rejects.toBe(boom);
    await bus.drain();
    const failed = { ok: false, error: boom };
    expect(outcomes).toEqual(isObserved ? [{ ok: true }, { ok: true }, failed, failed] : []);
    expect(infos).toEqual(
      isObserved ? Array.from({ length: 4 }, () => ({ forwarder: 'keeper', ...to, events })) : [],
    );
  },
);

it('The call of send runs in the async context of the wrapper, once, whatever the wrapper does.', async () => {
  const { handler, calls } = keeper();
  const errors: string[] = [];
  let times = 0;
  await using bus = e.bus({
    handlers: [handler],
    observers: [{ name: 'forgets', wrapSend: () => {} }],
    onError: ({ error }) => void errors.push(error.message),
  });
  await bus.publish('cat.spotted', 1);
  const { events, options } = calls[0]!;
  await options.send({ ...to, events }, () => void times++);
  expect(times).toBe(1);
  expect(errors).toEqual([expect.stringContaining('The observer forgets, in wrapSend, threw')]);
});

it('send is one function for all events of a bus, and another for those of another bus.', async () => {
  const { handler, calls } = keeper();
  await using first = e.bus({ handlers: [handler] });
  await using second = e.bus({ handlers: [handler] });
  for (const bus of [first, second, first]) await bus.publish('cat.spotted', 1);
  const [a, b, c] = calls.map(({ options }) => options.send);
  expect(c).toBe(a);
  expect(b).not.toBe(a);
});

it('drain waits for a send that goes on after its handler, and names it.', async () => {
  const { handler, calls } = keeper();
  await using bus = e.bus({ handlers: [handler] });
  await bus.publish('cat.spotted', 1);
  const { promise, open } = gate();
  const { events, options } = calls[0]!;
  const sent = options.send({ ...to, events }, () => promise);
  await expect(bus.drain({ timeout: 5 })).rejects.toMatchObject({
    message: 'bus.drain waited 5 ms, and there still runs: send of keeper to cats.',
  });
  open();
  await Promise.all([sent, bus.drain({ timeout: 1000 })]);
});

it.each<[unknown, unknown, string]>([
  [{ ...to, events: [] }, () => {}, 'send: events must be a list of one or more events, not an empty list.'],
  [{ ...to }, () => {}, 'send takes a events, not undefined.'],
  [{ destination: 'x', events: [1] }, () => {}, 'send takes a system, not undefined.'],
  [{ system: 'x', events: [1] }, () => {}, 'send takes a destination, not undefined.'],
  [{ ...to, evnts: [1] }, () => {}, 'send has no option "evnts". Did you mean "events"?'],
  [{ ...to, events: [1] }, undefined, 'send takes a function that calls the broker, not undefined.'],
])('send(%j, %o) is refused.', async (given, call, message) => {
  const { handler, calls } = keeper();
  await using bus = e.bus({ handlers: [handler] });
  await bus.publish('cat.spotted', 1);
  const { send } = calls[0]!.options;
  await expect(untyped(send)(given, call)).rejects.toMatchObject({ code: 'BAD_OPTION', message });
});

it('A handler knows until when somebody waits, and which attempt it is.', async () => {
  const now = Date.now();
  vi.setSystemTime(now);
  const seen: { deadline: number; attempt: number }[] = [];
  const handle: EventHandler['handle'] = (_, { deadline, attempt }) => void seen.push({ deadline, attempt });
  const bus = e.bus({ handlers: [{ name: 'one', handle }], defer: inline({ budget: 3000 }) });
  const t = initTRPC.create();
  const spot = t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('cat.spotted', 1));
  await t.createCallerFactory(t.router({ spot }))({}).spot();
  await bus.deliver({ id: 'a', name: 'cat.spotted', time: new Date() }, { budget: 7000 });
  await bus.deliver({ id: 'b', name: 'cat.spotted', time: new Date() });
  vi.useRealTimers();
  expect(seen.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  const left = seen.map(({ deadline }) => deadline - now);
  for (const [i, budget] of [3000, 7000].entries()) {
    expect(left[i]).toBeLessThanOrEqual(budget);
    expect(left[i]).toBeGreaterThan(budget - 500);
  }
  expect(left[2]).toBe(Number.POSITIVE_INFINITY);
});

it.each(['handle', 'handleMany'] as const)('Whoever wraps %s can spread its options.', async (way) => {
  const keys: string[][] = [];
  let sent: unknown;
  const inner = (options: HandleManyOptions) => {
    keys.push(Object.keys(options));
    sent = options.send({ ...to, events: [{} as AnyEvent] }, () => options.signal.aborted);
  };
  const wrapped = {
    name: 'wrapped',
    [way]: (_: unknown, options: HandleManyOptions) => inner({ ...options }),
  };
  await using bus = e.bus({ handlers: [wrapped] });
  await bus.publish('cat.spotted', 1);
  expect(keys).toEqual([['attempt', 'signal', 'deadline', 'send', ...(way === 'handle' ? ['ctx'] : [])]]);
  expect(await sent).toBe(false);
});

it('close that runs out of time aborts a handler that sends, fails what it holds, and closes it.', async () => {
  const log: string[] = [];
  const letters: unknown[] = [];
  const handler: EventHandler = {
    name: 'sender',
    async handleMany(events, { signal, send }) {
      await send({ ...to, events }, () => {
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      });
    },
    close: () => void log.push('closed'),
  };
  const bus = e.bus({
    handlers: [handler],
    onError: ({ error }) => void log.push(String(error.cause)),
    deadLetter: ({ event, reason, attempts }) => void letters.push([event.payload, reason, attempts]),
  });
  const delivery = bus.publish('cat.spotted', 1);
  await expect(bus.close({ timeout: 10 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: expect.stringContaining('sender on cat.spotted'),
  });
  expect(log).toEqual(['EventsError: bus.close has run out of time', 'closed']);
  expect(letters).toEqual([[1, 'closed', 1]]);
  expect((await delivery).failures).toHaveLength(1);
  await bus.close();
});

it('close fails what a handler holds though that ignores its signal, and what waits for it, each once.', async () => {
  const { promise, open } = gate();
  const letters: unknown[] = [];
  let closed = 0;
  const handle = vi.fn<() => Promise<void>>(() => promise);
  const bus = e.bus({
    handlers: [{ name: 'deaf', handle, close: () => void closed++ }],
    onError() {},
    deadLetter: ({ event, reason, attempts }) => void letters.push([event.payload, reason, attempts]),
  });
  const flushed = bus.scope(({ dispatch }) => (dispatch('cat.spotted', 1), dispatch('cat.spotted', 2)));
  await turn();
  const start = performance.now();
  const error = await rejectionOf(bus.close({ timeout: 10 }));
  expect(error).toMatchObject({ code: 'DRAIN_TIMEOUT' });
  expect(performance.now() - start).toBeLessThan(5000);
  expect(letters).toEqual([
    [1, 'closed', 1],
    [2, 'closed', 0],
  ]);
  await flushed;
  open();
  await bus.close();
  expect([letters.length, closed, handle.mock.calls.length]).toEqual([2, 1, 1]);
});

it('A handler that succeeds when it is aborted has not failed, and listeners go on.', async () => {
  const { promise, open } = gate();
  const letters: unknown[] = [];
  const handler: EventHandler = {
    name: 'quick',
    handle: (_, { signal }) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  };
  const aborted: boolean[] = [];
  const router = e.router().on('cat.spotted', async ({ signal }) => {
    await promise;
    aborted.push(signal.aborted);
  });
  const bus = e.bus({ handlers: [router, handler], deadLetter: (letter) => void letters.push(letter) });
  void bus.publish('cat.spotted', 1);
  await expect(bus.close({ timeout: 10 })).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' });
  open();
  await bus.close();
  expect([letters, aborted]).toEqual([[], [false]]);
});

it.each(['retry', 'timeout', 'concurrency'])('A handler with %s is refused, by that name.', (key) => {
  const handler = { ...collector().handler, [key]: 5 };
  expect(() => e.bus({ handlers: [handler] })).toThrow(
    `e.bus: the handler "collector" has ${key}, which only listeners have. A handler repeats and limits its own work; or register a listener, by .on(pattern, listener, { ${key} }).`,
  );
});
