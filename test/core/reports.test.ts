import { expect, it, vi } from 'vitest';
import type { ErrorReport } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import { collector, e } from './shop.ts';
import { turn } from '../setup/async.ts';

const boom = new Error('boom');
const ID = '[0-9a-f-]{36}';

it('onError gets a report of a failed listener: the error with its cause, the event, the listener and the attempt.', async () => {
  const reports: ErrorReport[] = [];
  const router = e.router().on(
    'cat.spotted',
    () => {
      throw boom;
    },
    { name: 'mine' },
  );
  await using bus = e.bus({ handlers: [router], onError: (report) => void reports.push(report as never) });
  const { event, failures } = await bus.publish('cat.spotted', 1);
  expect(reports).toEqual([{ error: failures[0]!.error, event, listener: 'mine', attempt: 1 }]);
  expect(failures[0]!.error).toMatchObject({
    code: 'LISTENER_FAILED',
    message: 'The listener "mine" failed on "cat.spotted": Error: boom',
    cause: boom,
  });
});

it('Without onError, a failure prints one line to stderr: event, id, listener, attempt, cause and its place, never the payload.', async () => {
  const lines = expectConsole();
  const router = e.router().on('cat.spotted', async function notify() {
    throw new TypeError('no\n  connection');
  });
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('cat.spotted', { where: 'top secret' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(
    new RegExp(
      `^trpc-events: LISTENER_FAILED \\[cat\\.spotted ${ID}\\] \\[listener notify, attempt 1\\] TypeError: no connection at notify \\(.*reports\\.test\\.ts:\\d+:\\d+\\)$`,
    ),
  );
});

const AT = 'at Object.<anonymous> (/a/mails.js:3:4)';
const withStack = (stack: PropertyDescriptor) => Object.defineProperty(new Error('odd'), 'stack', stack);
const throws = (error: unknown) => () => {
  throw error;
};
it.each<[string, () => unknown, RegExp]>([
  ['in Node.js, at what called it', () => JSON.parse('{'), / at .*reports\.test\.ts:\d+:\d+\)?$/],
  [
    'of a dependency, at what called it',
    throws(
      withStack({ value: `Error: odd\n    at query (/a/node_modules/pg/b.js:1:2)\n    ${AT}\n    at c:1:2` }),
    ),
    / Error: odd at Object\.<anonymous> \(\/a\/mails\.js:3:4\)$/,
  ],
  ['that has no stack, nowhere', throws(withStack({ value: undefined })), /\] Error: odd$/],
  ['whose stack throws, nowhere', throws(withStack({ get: throws(boom) })), /\] Error: odd$/],
])('The printed line places an error %s.', async (_, listener, end) => {
  const lines = expectConsole();
  await using bus = e.bus({ handlers: [e.router().on('cat.spotted', listener)] });
  await bus.publish('cat.spotted', 1);
  expect(lines).toEqual([expect.stringMatching(end)]);
});

it.each<[string, unknown, string]>([
  ['a text', 'just a text', 'just a text'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 7, '7'],
  ['a plain object', { a: 1 }, '[object Object]'],
  ['an object without prototype', Object.create(null), 'something that has no text'],
  ['an error without a message', new TypeError(), 'TypeError: no message, code none'],
  ['an error with only a code', Object.assign(new Error(), { code: 1 }), 'Error: no message, code 1'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
  ['an Error whose text is long', new Error('x'.repeat(10_000)), `Error: ${'x'.repeat(493)}`],
  ['an AggregateError', new AggregateError([boom], 'two of them'), 'AggregateError: two of them'],
])('A listener may throw %s: the error has it as its cause and in its message.', async (_, cause, text) => {
  const router = e.router();
  router.on('cat.spotted', () => {
    throw cause;
  });
  router.on('cat.spotted', async () => {
    throw cause;
  });
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toHaveLength(2);
  for (const { error } of failures) {
    expect(error.cause).toBe(cause);
    expect('cause' in error).toBe(true);
    expect(error.message).toMatch(/^The listener "cat\.spotted(#2)?" failed on "cat\.spotted": /);
    expect(error.message.endsWith(text)).toBe(true);
  }
});

it.each<[string, () => void]>([
  [
    'throws',
    () => {
      throw new Error('onError broke');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('onError broke'))],
])('If onError %s, both errors are printed, and everything goes on.', async (_, onError) => {
  const lines = expectConsole();
  const seen = collector();
  const router = e.router().on('cat.spotted', () => {
    throw boom;
  });
  await using bus = e.bus({ handlers: [router, seen.handler], onError });
  const { failures } = await bus.publish('cat.spotted', 1);
  await turn();
  expect(failures).toHaveLength(1);
  expect(seen.payloads).toEqual([1]);
  expect(lines).toEqual([
    'trpc-events: onError threw Error: onError broke',
    expect.stringMatching(/^trpc-events: LISTENER_FAILED \[cat\.spotted .* Error: boom at /),
  ]);
});

it.each<[string, () => void]>([
  [
    'throws',
    () => {
      throw boom;
    },
  ],
  ['rejects', async () => Promise.reject(boom)],
])('An onDiscard that %s is reported as HOOK_FAILED, and changes nothing else.', async (_, onDiscard) => {
  const reports: ErrorReport[] = [];
  const seen = collector();
  await using bus = e.bus({
    handlers: [seen.handler],
    onDiscard,
    onError: (report) => void reports.push(report as never),
  });
  const value = await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', 1, { when: 'failure' });
    dispatch('cat.spotted', 2);
    return 'value';
  });
  await turn();
  expect(value).toBe('value');
  expect(seen.payloads).toEqual([2]);
  expect(reports).toMatchObject([
    {
      error: { code: 'HOOK_FAILED', message: 'onDiscard threw Error: boom', cause: boom },
      event: { payload: 1 },
      listener: undefined,
    },
  ]);
});

it('onDiscard gets the reason why an event was dropped.', async () => {
  const dropped: unknown[] = [];
  const router = e.router().on('cat.spotted', ({ ctx }) => {
    ctx.dispatch('user.created', { id: 'attempt' });
    throw boom;
  });
  await using bus = e.bus({
    handlers: [router],
    onError: () => {},
    onDiscard: (report) => {
      expect(Object.keys(report).toSorted()).toEqual(['event', 'reason']);
      dropped.push([(report.event.payload as { id: string }).id, report.reason]);
    },
  });
  const failing = bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: 'own' });
    e.scope(() => e.dispatch('user.created', { id: 'inner' }));
    throw boom;
  });
  await expect(failing).rejects.toBe(boom);
  await bus.scope(({ dispatch }) => dispatch('user.created', { id: 'success' }, { when: 'failure' }));
  await bus.publish('cat.spotted', 1);
  bus.enabled = false;
  await bus.publish('user.created', { id: 'disabled' });
  expect(dropped).toEqual([
    ['own', 'failed'],
    ['inner', 'enclosing-failed'],
    ['success', 'succeeded'],
    ['attempt', 'attempt-failed'],
    ['disabled', 'disabled'],
  ]);
});

it.each<[string, (publish: () => Promise<unknown>) => void | Promise<void>]>([
  ['at once', async (publish) => void (await publish())],
  [
    'later',
    async (publish) => {
      await turn();
      await publish();
    },
  ],
])('An onError that publishes the failing event again (%s) does not loop forever.', async (_, onError) => {
  const lines = expectConsole();
  const codes: string[] = [];
  const router = e.router().on('cat.spotted', () => {
    throw boom;
  });
  let publish!: () => Promise<unknown>;
  const bus = e.bus({
    handlers: [router],
    onError: ({ error }) => {
      codes.push(error.code);
      return onError(publish);
    },
  });
  publish = () => bus.publish('cat.spotted', 1);
  await publish();
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
  expect(lines[0]).toMatch(/^trpc-events: CHAIN_TOO_DEEP \[cat\.spotted /);
  expect(codes.filter((code) => code === 'LISTENER_FAILED')).toHaveLength(17);
  expect(codes.filter((code) => code === 'CHAIN_TOO_DEEP')).toHaveLength(100);
  expect(codes).toHaveLength(117);
});
