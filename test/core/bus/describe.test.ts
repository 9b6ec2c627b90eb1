import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, echo, initEvents, inline, unchecked } from '../../../src/index.ts';
import { forwarder, named } from './describe-parts.ts';

const shape = {
  'user.created': z.object({ id: z.string() }),
  'user.deleted': z.object({ id: z.string() }),
  'cache.cleared': z.void(),
  'cat.spotted': unchecked<{ where: string }>(),
};
const e = initEvents.create(defineEvents(shape));
const nothing = () => {};

afterEach(() => {
  vi.unstubAllEnvs();
});

it('A description has the events, the listeners and the options of a bus.', () => {
  const router = e.router();
  router.on(['user.*', '!user.deleted'], nothing, {
    name: 'mail',
    retry: { attempts: 5, jitter: 0 },
    timeout: 2000,
    concurrency: 3,
  });
  router.on('user.{created,deleted}', function audit() {});
  const bus = e.bus({
    handlers: [router, forwarder({ events: 'cat.*', local: false }), echo()],
    createContext: () => ({}),
    defer: inline(),
    when: 'settled',
    limits: { depth: 3 },
  });
  const { events, ...rest } = bus.describe();
  expect(rest).toStrictEqual({
    target: 'draft-07',
    listeners: [
      {
        name: 'mail',
        isNamed: true,
        kind: 'listener',
        patterns: ['user.*', '!user.deleted'],
        events: ['user.created'],
        retry: { attempts: 5, minDelay: 1000, maxDelay: 60_000, factor: 2, jitter: 0 },
        timeout: 2000,
        concurrency: 3,
        remote: false,
        passive: false,
      },
      {
        name: 'audit',
        isNamed: false,
        kind: 'listener',
        patterns: ['user.{created,deleted}'],
        events: ['user.created', 'user.deleted'],
        remote: false,
        passive: false,
      },
      {
        name: 'queue',
        isNamed: true,
        kind: 'forwarder',
        patterns: ['cat.*'],
        events: ['cat.spotted'],
        remote: true,
        local: false,
        passive: false,
      },
      {
        name: 'echo',
        isNamed: true,
        kind: 'handler',
        patterns: ['*'],
        events: Object.keys(shape),
        remote: false,
        passive: true,
      },
    ],
    options: {
      defer: 'inline',
      when: 'settled',
      unhandled: 'warn',
      limits: { perScope: 10_000, pending: 10_000, depth: 3 },
      enabled: true,
      createContext: true,
      deadLetter: false,
      meta: false,
    },
  });
  expect(events.map(({ name, vendor, takenBy }) => ({ name, vendor, takenBy }))).toEqual([
    { name: 'user.created', vendor: 'zod', takenBy: ['mail', 'audit', 'echo'] },
    { name: 'user.deleted', vendor: 'zod', takenBy: ['audit', 'echo'] },
    { name: 'cache.cleared', vendor: 'zod', takenBy: ['echo'] },
    { name: 'cat.spotted', vendor: 'trpc-events', takenBy: ['queue', 'echo'] },
  ]);
});

it('A description is plain JSON, and the one of the same wiring is the same.', () => {
  const at = z.date().default(() => new Date(performance.now() * 1e6));
  const bus = initEvents
    .create(defineEvents({ ...shape, 'order.placed': z.object({ at }) }))
    .bus({ handlers: [named('all')], observers: [], deadLetter: nothing });
  const description = bus.describe();
  expect(JSON.parse(JSON.stringify(description))).toStrictEqual(description);
  expect(bus.describe()).toStrictEqual(description);
});

it('A listener that is registered or taken off later, and an option that is set, shows in the next description.', () => {
  const router = e.router();
  const bus = e.bus({ handlers: [router] });
  const taken = () => bus.describe().events.map(({ takenBy }) => takenBy);
  expect(taken()).toEqual([[], [], [], []]);
  const before = bus.describe();
  const stop = new AbortController();
  router.on('user.*', nothing, { name: 'late', signal: stop.signal });
  expect(taken()).toEqual([['late'], ['late'], [], []]);
  stop.abort();
  expect(bus.describe()).toEqual(before);
  bus.enabled = false;
  expect(bus.describe().options.enabled).toBe(false);
});

it('`enabled` is false if the environment disables the bus.', () => {
  const bus = e.bus({ handlers: [] });
  vi.stubEnv('TRPC_EVENTS_DISABLED', '1');
  expect(bus.describe().options.enabled).toBe(false);
});

it('A derived name that is taken is described with its number, and a router of a smaller catalog with its own events.', () => {
  const small = initEvents.create(defineEvents({ 'user.created': shape['user.created'] })).router();
  const router = e.router().on('*', nothing).on('*', nothing);
  small.on('*', nothing);
  const { listeners } = e.bus({ handlers: [router, small] }).describe();
  expect(listeners.map(({ name, isNamed, events }) => [name, isNamed, events.length])).toEqual([
    ['nothing', false, 4],
    ['nothing#2', false, 4],
    ['nothing#3', false, 1],
  ]);
});

it('A description shares nothing with the bus.', async () => {
  const patterns: ['user.created', ...string[]] = ['user.created'];
  await using bus = e.bus({ handlers: [{ name: 'mine', events: patterns, handle: nothing }] });
  patterns.push('*');
  const description = bus.describe() as any;
  expect(description.listeners[0].patterns).toEqual(['user.created']);
  description.options.limits.depth = 0;
  description.listeners.length = 0;
  expect(bus.describe().options.limits.depth).toBe(16);
  expect(bus.describe().listeners).toHaveLength(1);
});

it('A bus that takes over the parts of a newer one is described as that is.', () => {
  const bus = e.bus({ handlers: [named('old')] });
  const newer = initEvents
    .create(defineEvents({ 'mail.sent': z.string() }))
    .bus({ handlers: [named('new')], unhandled: 'error' });
  (bus as unknown as { '~replaceBy': (newer: unknown) => boolean })['~replaceBy'](newer);
  expect(bus.describe()).toEqual(newer.describe());
});

it('A bus that is closed can still be described.', async () => {
  const bus = e.bus({ handlers: [named('all')] });
  const before = bus.describe();
  await bus.close();
  expect(bus.describe()).toEqual(before);
});

describe('bad input', () => {
  const bus = e.bus({ handlers: [] });
  it.each<[string, unknown, string]>([
    [
      'an unknown key',
      { targets: 'draft-07' },
      'bus.describe has no option "targets". Did you mean "target"?',
    ],
    [
      'an unknown target',
      { target: 'draft-04' },
      'bus.describe: target must be "draft-07" or "draft-2020-12" or "openapi-3.0", not "draft-04".',
    ],
    ['a target that is no text', { target: 7 }, 'not 7.'],
    [
      'a jsonSchema that is no function',
      { jsonSchema: {} },
      'bus.describe: jsonSchema must be a function, not an object.',
    ],
    ['no object', 'draft-07', 'bus.describe takes an object of options, not "draft-07".'],
    ['null', null, 'bus.describe takes an object of options, not null.'],
  ])('%s is refused.', (_, options, message) => {
    expect(() => bus.describe(options as never)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) as string }),
    );
  });
});
