import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, echo, initEvents, unchecked, type AnyEvent } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';

const catalog = defineEvents({
  'user.created': z.object({ id: z.string() }),
  'cache.cleared': z.void(),
  'cat.spotted': unchecked<unknown>(),
});
const e = initEvents.create(catalog);
const START = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z `;
const ID = '[0-9a-f-]{36}';

it('echo prints a line for each event: time, name, id and payload.', async () => {
  const lines = expectConsole();
  await using bus = e.bus({ handlers: [echo()], unhandled: 'ignore' });
  await bus.publish('user.created', { id: '1' });
  await bus.publish('cache.cleared');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(new RegExp(`${START}user\\.created ${ID} \\{"id":"1"\\}$`));
  expect(lines[1]).toMatch(new RegExp(`${START}cache\\.cleared ${ID}$`));
});

/** Returns what echo prints for events, without time, name and id. */
async function printed(payloads: unknown[], options: Parameters<typeof echo>[0] = {}) {
  const lines: string[] = [];
  const handler = echo({ print: (line) => lines.push(line), ...options });
  await using bus = e.bus({ handlers: [handler as ReturnType<typeof echo<'*'>>], unhandled: 'ignore' });
  for (const payload of payloads) await bus.publish('cat.spotted', payload);
  return lines.map((line) => line.replace(new RegExp(`${START}cat\\.spotted ${ID} ?`), ''));
}

it.each<[string, unknown, string]>([
  ['a bigint', { total: 7n }, '{"total":"7n"}'],
  ['lines', 'one\ntwo', String.raw`"one\ntwo"`],
  ['null', null, 'null'],
  [
    'an instance that JSON cannot say',
    { toJSON: () => JSON.parse('{') as unknown },
    '(a payload that JSON cannot say)',
  ],
  ['a function', () => 1, '(a payload that JSON cannot say)'],
])('A payload with %s is printed on one line too.', async (_, payload, text) => {
  expect(await printed([payload])).toEqual([text]);
});

it('echo prints the id of the cause after a chained event.', async () => {
  const lines: string[] = [];
  const router = e.router().on('user.created', ({ ctx }) => ctx.dispatch('cache.cleared'));
  await using bus = e.bus({
    handlers: [router, echo({ print: (line) => lines.push(line) })],
    unhandled: 'ignore',
  });
  const { event } = await bus.publish('user.created', { id: '1' });
  await bus.drain();
  expect(lines[1]).toMatch(new RegExp(`cache\\.cleared ${ID} ← ${event.id}$`));
});

it('The option events selects events, name names the handler, and print also gets the event.', async () => {
  const got: AnyEvent[] = [];
  const users = echo({ events: ['user.*', 'cat.*'], name: 'users', print: (_, event) => got.push(event) });
  const all = echo({ print: () => {} });
  await using bus = e.bus({ handlers: [users, all], unhandled: 'ignore' });
  await bus.publish('user.created', { id: '1' });
  await bus.publish('cache.cleared');
  expect(users.name).toBe('users');
  expect(got.map(({ name }) => name)).toEqual(['user.created']);
});

it('echo only watches: an event that no other handler takes is unhandled.', async () => {
  const lines = expectConsole();
  await using bus = e.bus({ handlers: [echo({ print: () => {} })] });
  await bus.publish('cache.cleared');
  expect(lines).toEqual([
    'trpc-events: No handler takes "cache.cleared": register a listener, import the file that does, or set unhandled: \'ignore\'.',
  ]);
});

it('A print that throws is reported as a failure of echo, and publish still resolves.', async () => {
  const failing = echo({
    print() {
      throw new Error('broken pipe');
    },
  });
  await using bus = e.bus({ handlers: [failing], unhandled: 'ignore', onError: () => {} });
  const { failures } = await bus.publish('cache.cleared');
  expect(failures).toMatchObject([{ listener: 'echo', error: { cause: { message: 'broken pipe' } } }]);
});

it.each<[unknown, string]>([
  [null, 'echo takes an object of options, not null.'],
  [{ event: '*' }, 'echo has no option "event". Did you mean "events"?'],
  [{ name: '' }, 'echo: name must be a text that is not empty, not "".'],
  [{ print: 'x' }, 'echo: print must be a function, not "x".'],
])('echo(%j) is refused.', (options, message) => {
  expect(() => echo(options as never)).toThrow(expect.objectContaining({ code: 'BAD_OPTION', message }));
});

it.each([[''], [[]], [7], ['usr.*'], ['(a)']])(
  'echo with the events %j is refused when the bus is made.',
  (events) => {
    expect(() => e.bus({ handlers: [echo({ events } as never) as ReturnType<typeof echo>] })).toThrow(
      expect.objectContaining({ code: 'BAD_PATTERN' }),
    );
  },
);
