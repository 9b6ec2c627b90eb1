import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../src/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { printFigure } from '../setup/figure.ts';
import { anything } from './anything.ts';
import { eventOf, randomOf } from './shop.ts';

const codec = cloudEvents();
const back = (payload: unknown) => codec.decode(codec.encode(eventOf(payload))).payload;

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'text'],
  ['an empty text', ''],
  ['half of a surrogate pair', '\uD800'],
  ['a number', 1.5],
  ['-0', -0],
  ['NaN', Number.NaN],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['a bigint', 2n ** 70n],
  ['a negative bigint', -1n],
  ['a Date', new Date('2026-01-01T00:00:00.001Z')],
  [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1],
      [new Date(0), new Map([[1n, undefined]])],
    ]),
  ],
  ['a Set', new Set<unknown>([1, 'a', new Set([new Date(0)])])],
  ['a URL', new URL('https://example.org/a?b=c#d')],
  ['bytes', new Uint8Array([0, 255])],
  ['floats', new Float32Array([0.5, -1])],
  ['clamped', new Uint8ClampedArray([1])],
  ['undefined in an object', { a: undefined, b: { c: undefined } }],
  ['undefined in an array', [undefined, 1, undefined]],
  ['dots and backslashes in keys', { 'a.b': { 'c\\d': new Date(0), '\\.': 1n }, '': new Date(1), '.': 2n }],
  ['keys that are numbers', { 0: new Date(0), 1: [new Date(1)] }],
  ['keys of superjson', { json: { meta: 1 }, meta: new Date(0), values: ['Date'] }],
  ['keys of Object.prototype', { toString: 1, hasOwnProperty: new Date(0) }],
  ['a deep one', Array.from({ length: 190 }).reduce<unknown>((below) => ({ below }), new Date(0))],
  ['a wide one', Array.from({ length: 9999 }, (_, i) => new Date(i))],
])('%s comes back equal.', (_what, payload) => {
  expect(back(payload)).toStrictEqual(payload);
});

it('All fields of an event come back; nothing of ctx travels.', () => {
  const event = eventOf(
    { at: new Date(0) },
    {
      key: 'k',
      path: 'a.b',
      causationId: 'c',
      depth: 3,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'a=1',
      meta: { at: new Date(5), tenant: 'acme', list: [1n] },
    },
  );
  expect(codec.decode(codec.encode({ ...event, ctx: { secret: 1 } } as AnyEvent))).toEqual({
    ...event,
    source: '/trpc-events',
    time: event.time.toISOString(),
  });
});

it('An event arrives equal at the handlers of another bus: defaults, dates, meta, and the rest.', async () => {
  const schema = z.object({
    id: z.string(),
    at: z.date().default(() => new Date(7)),
    tags: z.set(z.string()),
    prices: z.map(z.string(), z.bigint()),
    note: z.string().optional(),
  });
  const make = () =>
    initEvents
      .meta(z.object({ tenant: z.string(), since: z.date() }))
      .create(defineEvents({ 'order.placed': schema, 'cache.cleared': z.void() }));
  const there: AnyEvent[] = [];
  const [e, far] = [make(), make()];
  await using worker = far.bus({
    handlers: [{ name: 'there', handle: (event: AnyEvent) => void there.push(event) }],
    meta: () => ({ tenant: 'none', since: new Date(0) }),
  });
  const here: AnyEvent[] = [];
  await using bus = e.bus({
    meta: () => ({ tenant: 'acme', since: new Date(5) }),
    handlers: [
      { name: 'here', handle: (event: AnyEvent) => void here.push(event) },
      {
        name: 'queue',
        remote: true,
        local: true,
        handle: async (event: AnyEvent) => {
          const { failures } = await worker.deliver(codec.decode(codec.encode(event)));
          expect(failures).toEqual([]);
        },
      },
    ],
  });
  const meta = { tenant: 'acme', since: new Date(5) };
  await bus.publish(
    'order.placed',
    { id: '1', tags: new Set(['a']), prices: new Map([['a', 5n]]), note: undefined },
    { meta, key: 'k' },
  );
  await bus.publish('cache.cleared', undefined, { meta });
  expect(here).toHaveLength(2);
  const source = '/trpc-events';
  expect(there).toStrictEqual(here.map((event) => Object.assign({ source }, event)));
  expect(there[0]!.payload).toMatchObject({ at: new Date(7) });
});

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

it('3,000 random values, made from a seed, come back equal.', () => {
  const random = randomOf(SEED);
  let special = 0;
  for (let i = 0; i < 3000; i++) {
    const payload = anything(random, 0);
    const text = codec.encode(eventOf(payload));
    if (text.includes('"superjson"')) special++;
    expect(codec.decode(text).payload).toStrictEqual(payload);
  }
  printFigure(`seed ${SEED} (FUZZ_SEED): 3000 values came back equal, ${special} of them by superjson`);
});
