import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { asyncApi } from '../../../src/wire/index.ts';
import { at, describeShape, documentOf, INFO, readDocument } from './parts.ts';

vi.setConfig({ testTimeout: 60_000 }); // the official parser takes its time

const schema = z.object({ a: z.string() });
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'user:created',
  'user_created',
  'user-created',
  'x-extension',
  '0',
  'null',
  '-',
  'CloudEvent',
];

it('Names that no map can have for a key, and such that would be the same key, get one each.', async () => {
  const shape = Object.fromEntries(NAMES.map((name) => [name, schema]));
  const handlers = [
    ...NAMES.map((name) => ({ name: `on ${name}`, events: name, handle: () => {} })),
    ...['__proto__', 'sqs/orders', 'sqs_orders', 'прив', 'пока', '💥\ud800'].map((name) => ({
      name,
      events: 'user*',
      remote: true,
      local: true,
      handle: () => {},
    })),
  ];
  const document = documentOf(shape, handlers);
  const { channels, operations, components } = document;
  for (const map of [channels, operations, components.messages, components.schemas])
    for (const key of Object.keys(map)) {
      expect(key).toMatch(/^[a-zA-Z0-9._-]+$/);
      expect(key in {}).toBe(false);
    }
  expect(Object.values(components.messages).map(({ name }) => name)).toEqual(expect.arrayContaining(NAMES));
  expect(Object.keys(components.messages)).toHaveLength(NAMES.length);
  expect(Object.keys(channels)).toHaveLength(NAMES.length + 6);
  expect(Object.keys(operations)).toHaveLength(NAMES.length + 6);
  // A name that is a valid key already keeps it, even if other names come before it.
  expect(components.messages).toMatchObject({
    user_created: { name: 'user_created' },
    user_created_2: { name: 'user:created' },
    CloudEvent: { name: 'CloudEvent' },
  });
  expect(channels).toMatchObject({
    sqs_orders: { title: 'sqs_orders' },
    sqs_orders_2: { title: 'sqs/orders' },
  });
  for (const { channel, messages, title, action } of Object.values(operations)) {
    const { address, title: of } = at(document, channel.$ref.slice(1)) as { address: string; title?: string };
    expect(action === 'send' ? of : `on ${address}`).toBe(title);
    for (const { $ref } of messages) {
      const { $ref: next } = at(document, $ref.slice(1)) as { $ref: string };
      const { name } = at(document, next.slice(1)) as { name: string };
      expect(action === 'send' ? name.startsWith('user') : name === address).toBe(true);
    }
  }
  const { read, findings } = await readDocument(document);
  expect(findings).toEqual([]);
  const addresses = read!
    .channels()
    .all()
    .map((channel) => channel.address());
  expect(addresses).toEqual(Object.values(channels).map(({ address }) => address));
});

it('A listener and an event whose names make the text of another pair have an operation of their own.', () => {
  const shape = { c: schema, 'b.c': schema };
  const { operations } = documentOf(shape, [
    { name: 'a', events: 'b.c', handle: () => {} },
    { name: 'a.b', events: 'c', handle: () => {} },
  ]);
  expect(Object.entries(operations).map(([key, { title }]) => [key, title])).toEqual([
    ['a.b.c', 'a'],
    ['a.b.c_2', 'a.b'],
  ]);
});

it('A description that was kept as text makes the same document.', () => {
  const description = describeShape({ ['__proto__']: schema, constructor: schema });
  const kept = JSON.parse(JSON.stringify(description));
  expect(asyncApi(kept, INFO)).toStrictEqual(asyncApi(description, INFO));
});

it('Keys of a payload that reach for prototypes stay keys.', () => {
  const shape = { it: z.object({ ['__proto__']: schema, constructor: z.string() }) };
  const it = documentOf(shape).components.schemas['it'] as Record<'properties' | 'patternProperties', object>;
  expect(Object.keys(it.properties)).toEqual(['constructor']);
  expect(Object.keys(it.patternProperties)).toEqual(['^__proto__$']);
  expect(({} as { type?: string }).type).toBeUndefined();
});

it('Properties that somebody has put on Object.prototype get into no document.', () => {
  const description = describeShape({ it: z.array(schema), other: z.void() });
  const expected = asyncApi(description, INFO);
  for (const key of ['$ref', 'servers', 'definitions', 'reason', 'it']) {
    // oxlint-disable-next-line no-extend-native -- that is what this tests
    Object.defineProperty(Object.prototype, key, {
      value: '#',
      enumerable: true,
      configurable: true,
      writable: true,
    });
    onTestFinished(() => void delete (Object.prototype as Record<string, unknown>)[key]);
  }
  expect(JSON.stringify(asyncApi(description, INFO))).toBe(JSON.stringify(expected));
});
