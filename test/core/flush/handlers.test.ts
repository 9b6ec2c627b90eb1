import { expect, it } from 'vitest';
import { initEvents, type AnyEvent, type EventHandler } from '../../../src/index.ts';
import { catalog, collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const boom = new Error('boom');

it('handle is called once per event with event, ctx and signal, as a method of the handler.', async () => {
  const app = initEvents.context<{ db: string }>().create(catalog);
  class Audit implements EventHandler {
    readonly name = 'audit';
    readonly events = 'user.*';
    readonly seen: unknown[] = [];
    handle(
      event: AnyEvent,
      { ctx, signal }: { ctx: { db: string; dispatch: unknown }; signal: AbortSignal },
    ) {
      this.seen.push([event.name, ctx.db, typeof ctx.dispatch, signal instanceof AbortSignal]);
    }
  }
  const audit = new Audit();
  await using bus = app.bus({ handlers: [audit], createContext: () => ({ db: 'db' }), unhandled: 'ignore' });
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('cache.cleared');
    dispatch('user.deleted', { id: '1' });
  });
  expect(audit.seen).toEqual([
    ['user.created', 'db', 'function', true],
    ['user.deleted', 'db', 'function', true],
  ]);
});

it('handleMany is called once per flush with the events that it selects, in order and without ctx.', async () => {
  const calls: { names: string[]; keys: string[] }[] = [];
  const handler: EventHandler = {
    name: 'many',
    events: ['user.*', 'cat.*'],
    handleMany: (events, options) => {
      expect(options.signal).toBeInstanceOf(AbortSignal);
      expect('ctx' in options).toBe(false);
      calls.push({
        names: events.map(({ name }) => name),
        keys: events.map(({ payload }) => `${payload as string}`),
      });
    },
    handle: () => {
      throw new Error('handleMany wins');
    },
  };
  await using bus = e.bus({ handlers: [handler], unhandled: 'ignore' });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 'a');
    dispatch('cache.cleared');
    dispatch('user.created', { id: '1' });
    dispatch('cat.spotted', 'b');
  });
  await bus.scope(({ dispatch }) => dispatch('cache.cleared'));
  await bus.publish('cat.spotted', 'c');
  expect(calls.map(({ names }) => names)).toEqual([
    ['cat.spotted', 'user.created', 'cat.spotted'],
    ['cat.spotted'],
  ]);
});

/** Flushes three events to a handleMany that returns what `answer` returns. Returns the reports. */
async function answering(answer: (ids: string[]) => unknown) {
  const after = collector({ name: 'after' });
  const many: EventHandler = { name: 'many', handleMany: (events) => answer(events.map(({ id }) => id)) };
  const reports: string[] = [];
  await using bus = e.bus({
    handlers: [many, after.handler],
    onError: ({ error, event, listener }) =>
      void reports.push(`${listener} ${event?.payload as number}: ${(error.cause as Error).message}`),
  });
  await bus.scope(({ dispatch }) => [1, 2, 3].forEach((n) => dispatch('cat.spotted', n)));
  await bus.drain();
  expect(after.payloads).toEqual([1, 2, 3]);
  return reports;
}
const all = (message: string) => [1, 2, 3].map((n) => `many ${n}: ${message}`);
const nonsense = all(
  'handleMany may return { failures: [{ id, error }] } with ids of its events, and returned other failures, or misspelt them: all its events count as failed',
);

it.each<[string, (ids: string[]) => unknown, string[]]>([
  ['nothing', () => {}, []],
  ['no failures', () => ({ failures: [] }), []],
  ['something else', () => ({ sent: 3 }), []],
  ['a text', () => 'ok', []],
  ['failures that are misspelt', ([id]) => ({ failure: [{ id, error: boom }] }), nonsense],
  [
    'the same failure twice',
    ([id]) => ({
      failures: [
        { id, error: boom },
        { id, error: boom },
      ],
    }),
    ['many 1: boom'],
  ],
  ['one failure', ([, id]) => ({ failures: [{ id, error: boom }] }), ['many 2: boom']],
  [
    'two failures',
    ([a, , c]) => ({
      failures: [
        { id: c, error: boom },
        { id: a, error: new Error('other') },
      ],
    }),
    ['many 3: boom', 'many 1: other'],
  ],
  [
    'a throw',
    () => {
      throw boom;
    },
    all('boom'),
  ],
  ['failures of null', () => ({ failures: [null] }), nonsense],
  ['an unknown id', () => ({ failures: [{ id: 'nope', error: boom }] }), nonsense],
  ['failures that are no list', () => ({ failures: 'two' }), nonsense],
])('handleMany may answer %s, at once or later, and other handlers go on.', async (_, answer, expected) => {
  expect(await answering(answer)).toEqual(expected);
  const later = async (ids: string[]) => {
    await turn();
    return answer(ids);
  };
  expect(await answering(later)).toEqual(expected);
});

it('The failures that publish resolves to contain the name of the handler and the cause.', async () => {
  const many: EventHandler = {
    name: 'many',
    handleMany: (events) => ({ failures: events.map(({ id }) => ({ id, error: boom })) }),
  };
  await using bus = e.bus({ handlers: [many], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toMatchObject([
    {
      listener: 'many',
      error: {
        code: 'LISTENER_FAILED',
        message: 'The listener "many" failed on "cat.spotted": Error: boom',
        cause: boom,
      },
    },
  ]);
});

it('A handleMany that throws drops the events it dispatched; one that returns failures keeps them.', async () => {
  for (const [answer, kept] of [
    [() => Promise.reject(boom), 0],
    [([id]: string[]) => ({ failures: [{ id, error: boom }] }), 1],
  ] as const) {
    const seen = collector({ events: 'cache.cleared' });
    const many: EventHandler = {
      name: 'many',
      events: 'cat.*',
      handleMany: (events) => {
        e.dispatch('cache.cleared');
        return answer(events.map(({ id }) => id));
      },
    };
    await using bus = e.bus({ handlers: [many, seen.handler], onError: () => {} });
    await bus.publish('cat.spotted', 1);
    await bus.drain();
    expect(seen.events).toHaveLength(kept);
  }
});

it('A handler that throws or hangs does not hinder other handlers or listeners.', async () => {
  const { promise, open } = gate();
  const seen = collector();
  const router = e.router().on('*', ({ event }) => void seen.events.push(event));
  const handlers: EventHandler[] = [
    {
      name: 'throws',
      handle() {
        throw boom;
      },
    },
    { name: 'hangs', handle: () => promise },
    { name: 'rejects', handleMany: async () => Promise.reject(boom) },
  ];
  await using bus = e.bus({ handlers: [...handlers, router, seen.handler], onError: () => {} });
  const published = bus.publish('cat.spotted', 1);
  await turn();
  expect(seen.payloads).toEqual([1, 1]);
  open();
  expect((await published).failures.map(({ listener }) => listener)).toEqual(['throws', 'rejects']);
});

it.each<[string, unknown, string]>([
  [
    'undefined',
    undefined,
    'e.bus: a handler is a router, or an object with a name and handle or handleMany, not undefined.',
  ],
  [
    'a function',
    () => {},
    'e.bus: a handler is a router, or an object with a name and handle or handleMany, not function (anonymous).',
  ],
  ['no name', { handle() {} }, 'e.bus: a handler needs a name, by which reports tell it from others.'],
  [
    'an empty name',
    { name: '', handle() {} },
    'e.bus, handler "": name must be a text that is not empty, not "".',
  ],
  [
    'a number as name',
    { name: 7, handle() {} },
    'e.bus, handler 7: name must be a text that is not empty, not 7.',
  ],
  [
    'neither handle nor handleMany',
    { name: 'mine' },
    'e.bus: the handler "mine" has neither handle (an event at a time) nor handleMany (a flush at a time).',
  ],
  [
    'a handle that is none',
    { name: 'mine', handle: 'x' },
    'e.bus, handler "mine": handle must be a function, not "x".',
  ],
  [
    'a handleMany that is none',
    { name: 'mine', handleMany: {} },
    'e.bus, handler "mine": handleMany must be a function, not an object.',
  ],
  [
    'a close that is none',
    { name: 'mine', handle() {}, close: true },
    'e.bus, handler "mine": close must be a function, not true.',
  ],
  [
    'a passive that is none',
    { name: 'mine', handle() {}, passive: 1 },
    'e.bus, handler "mine": passive must be true or false, not 1.',
  ],
  [
    'a local that is none',
    { name: 'mine', handle() {}, local: 'no' },
    'e.bus, handler "mine": local must be true or false, not "no".',
  ],
  [
    'a remote that is none',
    { name: 'mine', handle() {}, remote: 'yes' },
    'e.bus, handler "mine": remote must be true or false, not "yes".',
  ],
])('A handler with %s is refused.', (_, handler, message) => {
  expect(() => untyped(e.bus)({ handlers: [handler] })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message }),
  );
});

it('A handler may return a thenable that is a function, as remote-call libraries do, and it is awaited.', async () => {
  const then = (_: unknown, no: (error: Error) => void) => setTimeout(no, 1, boom);
  // oxlint-disable-next-line unicorn/no-thenable -- the test is about a thenable
  const handler: EventHandler = { name: 'remote', handle: () => Object.assign(() => {}, { then }) };
  const errors: unknown[] = [];
  await using bus = e.bus({ handlers: [handler], onError: ({ error }) => void errors.push(error.cause) });
  const { failures } = await bus.publish('cache.cleared');
  expect(failures).toHaveLength(1);
  expect(errors).toEqual([boom]);
});
