import { toStandardJsonSchema } from '@valibot/to-json-schema';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { cloudEvents } from '../../../src/wire/index.ts';
import { described } from './describe-parts.ts';

interface Tree {
  name: string;
  below: Tree[];
}
const zodTree = z.object({
  name: z.string(),
  get below() {
    return z.array(zodTree);
  },
});
const valibotTree: v.GenericSchema<Tree> = v.object({
  name: v.string(),
  below: v.array(v.lazy(() => valibotTree)),
});
const arkTree = type({ name: 'string', below: 'this[]' });

/** The same payload in three libraries, with values that JSON Schema has no word for, in several places. */
const RICH = {
  zod: z.object({
    at: z.date(),
    ends: z.date().optional(),
    price: z.bigint(),
    tags: z.set(z.string()),
    rates: z.map(z.string(), z.date()),
    none: z.undefined(),
    list: z.array(z.date().nullable()),
  }),
  valibot: toStandardJsonSchema(
    v.object({
      at: v.date(),
      ends: v.optional(v.date()),
      price: v.bigint(),
      tags: v.set(v.string()),
      rates: v.map(v.string(), v.date()),
      none: v.undefined(),
      list: v.array(v.nullable(v.date())),
    }),
  ),
  arktype: type({
    at: 'Date',
    'ends?': 'Date',
    price: 'bigint',
    tags: 'Set',
    rates: 'Map',
    none: 'undefined',
    list: '(Date | null)[]',
  }),
};
const payload = {
  at: new Date(0),
  ends: new Date(1),
  price: -(2n ** 70n),
  tags: new Set(['a']),
  rates: new Map([['a', new Date(2)]]),
  none: undefined,
  list: [new Date(3), null],
};

describe.each(Object.entries(RICH))('%s', (vendor, schema) => {
  it.each(['draft-07', 'draft-2020-12'] as const)(
    'Date, bigint, Set, Map and undefined are described in %s.',
    (target) => {
      const date = { type: 'string', format: 'date-time' };
      const event = described(schema, { target });
      expect(event).toMatchObject({ vendor, travels: true });
      expect(event.schema).toMatchObject({
        type: 'object',
        properties: {
          at: date,
          ends: date,
          price: { type: 'string', pattern: '^-?\\d+$' },
          tags: { type: 'array', items: {} },
          rates: { type: 'array', items: { type: 'array', items: {} } },
          none: { enum: [null] },
          list: { type: 'array', items: { anyOf: [date, { type: 'null' }] } },
        },
      });
      expect([...(event.schema!['required'] as string[])].sort()).toEqual([
        'at',
        'list',
        'none',
        'price',
        'rates',
        'tags',
      ]);
    },
  );

  it('`data` of a message satisfies the schema.', async () => {
    const e = initEvents.create(defineEvents({ it: schema as StandardSchemaV1<typeof payload> }));
    await using bus = e.bus({ handlers: [], unhandled: 'ignore' });
    const { event } = await bus.publish('it', payload);
    const { data } = JSON.parse(cloudEvents().encode(event)) as { data: object };
    const checked = z.fromJSONSchema(bus.describe().events[0]!.schema as never);
    expect(checked.safeParse(data)).toMatchObject({ success: true });
    for (const key of ['at', 'price', 'tags', 'rates', 'none', 'list'])
      expect(checked.safeParse({ ...data, [key]: true })).toMatchObject({ success: false });
  });
});

function asyncSchema(validate: StandardSchemaV1.Props['validate']): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'own', validate } };
}

it('The message of an event without payload has no `data`, and its schema allows none.', () => {
  const voids = [
    z.void(),
    z.undefined(),
    toStandardJsonSchema(v.void()),
    type('undefined'),
    z.literal(undefined),
  ];
  for (const schema of voids) expect(described(schema)).toMatchObject({ schema: { not: {} }, travels: true });
  expect(described(z.null()).schema).toEqual({ type: 'null' });
  expect(described(type('null')).schema).toEqual({ type: 'null' });
});

it.each<[string, StandardSchemaV1, boolean]>([
  ['zod, no payload', z.void(), true],
  ['zod, optional', z.string().optional(), true],
  ['zod, a default', z.string().default('a'), false],
  ['zod, null', z.null(), false],
  ['zod, an object of optional keys', z.object({ a: z.string().optional() }), false],
  ['valibot, optional', toStandardJsonSchema(v.optional(v.string())), true],
  ['valibot, without JSON Schema', v.object({}), false],
  ['arktype, optional', type('string | undefined'), true],
  ['arktype, a text', type('string'), false],
  ['no schema', unchecked(), true],
  ['one that is async', z.string().refine(async () => true), false],
  ['one that rejects', asyncSchema(() => Promise.reject(new Error('no'))), false],
  [
    'one that throws',
    asyncSchema(() => {
      throw new Error('no');
    }),
    false,
  ],
])('A schema that accepts that there is no payload is optional: %s.', (_, schema, optional) => {
  expect(described(schema)).toMatchObject({ optional });
});

it('The output is described, rather than the input: a default makes no key optional, and is not told.', () => {
  const { schema } = described(
    z.object({ n: z.string().transform(Number).pipe(z.number()), at: z.date().default(() => new Date()) }),
  );
  expect(schema).toEqual({
    type: 'object',
    properties: { n: { type: 'number' }, at: { type: 'string', format: 'date-time' } },
    required: ['n', 'at'],
    additionalProperties: false,
  });
  const optional = toStandardJsonSchema(v.object({ at: v.optional(v.date(), () => new Date()) }));
  expect(described(optional).schema).toMatchObject({
    properties: { at: { type: 'string', format: 'date-time' } },
  });
  expect(JSON.stringify(described(optional))).not.toContain('default"');
});

it('The result of a transformation is unknown, and the rest of the schema is described.', () => {
  const length = (text: string) => text.length;
  const schemas = [
    z.object({ id: z.string(), n: z.string().transform(length) }),
    toStandardJsonSchema(v.object({ id: v.string(), n: v.pipe(v.string(), v.transform(length)) })),
    type({ id: 'string', n: type('string').pipe(length) }),
  ];
  for (const schema of schemas)
    expect(described(schema).schema).toMatchObject({ properties: { id: { type: 'string' }, n: {} } });
  expect(schemas.map((schema) => (described(schema).schema!['properties'] as { n: object }).n)).toEqual([
    {},
    {},
    {},
  ]);
});

it.each([
  ['zod', zodTree],
  ['valibot', toStandardJsonSchema(valibotTree)],
  ['arktype', arkTree],
])('A recursive schema of %s refers to itself.', (_, schema) => {
  const text = JSON.stringify(described(schema).schema);
  expect(text).toContain('"$ref":"#');
  expect(text.length).toBeLessThan(600);
});

it('The literals of zod are described as the wire writes them.', () => {
  expect(described(z.literal([1n, undefined, 'a'])).schema).toEqual({ enum: ['1', null, 'a'] });
  expect(described(z.literal('a')).schema).toEqual({ type: 'string', const: 'a' });
  expect(described(z.nan()).schema).toEqual({ enum: ['NaN'] });
});

it('A description of zod stays, and one schema that several places share is described once.', () => {
  const stamp = z.date().meta({ id: 'Stamp', description: 'When it was paid' });
  const { schema } = described(z.object({ paid: stamp, sent: stamp }));
  expect(schema).toMatchObject({
    properties: { paid: { $ref: '#/definitions/Stamp' }, sent: { $ref: '#/definitions/Stamp' } },
    definitions: { Stamp: { type: 'string', format: 'date-time', description: 'When it was paid' } },
  });
});

it.each([
  ['zod, a symbol', z.object({ a: z.symbol() })],
  ['zod, a function', z.object({ a: z.function() })],
  ['zod, a file', z.object({ a: z.file().optional() })],
  ['valibot, a function', toStandardJsonSchema(v.object({ a: v.function() }))],
  ['valibot, a promise', toStandardJsonSchema(v.object({ a: v.promise() }))],
  ['arktype, a symbol', type({ a: 'symbol' })],
  ['arktype, an Error', type({ a: 'Error' })],
])('A schema with a value that no message holds does not travel: %s.', (_, schema) => {
  expect(described(schema)).toMatchObject({ travels: false, schema: { type: 'object' } });
});

it('An event named like a member of Object.prototype is described like any other.', () => {
  const events = defineEvents({ ['__proto__']: z.date(), constructor: z.date(), toString: type('Date') });
  const { events: found } = initEvents.create(events).bus({ handlers: [] }).describe();
  expect(found.map(({ name, schema }) => [name, schema?.['format']])).toEqual([
    ['__proto__', 'date-time'],
    ['constructor', 'date-time'],
    ['toString', 'date-time'],
  ]);
});

it.each(['openapi-3.0', 'draft-2020-12'] as const)('%s is asked of the library.', (target) => {
  const text = z.string().nullable();
  const expected =
    target === 'openapi-3.0' ? { type: 'string', nullable: true } : { type: ['string', 'null'] };
  expect(described(text, { target }).schema).toEqual(expected);
});
