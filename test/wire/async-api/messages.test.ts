import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked, type AnyEvent } from '../../../src/index.ts';
import { asyncApi, cloudEvents } from '../../../src/wire/index.ts';
import { checkOf, INFO } from './parts.ts';

const tree = z.object({
  name: z.string(),
  get below() {
    return z.array(tree);
  },
});
const shape = {
  tree,
  'valibot.made': toStandardJsonSchema(v.object({ at: v.date(), n: v.bigint() })),
  'arktype.made': type({ at: 'Date', 'n?': 'bigint' }),
  'cache.cleared': z.void(),
  'user.left': z.object({ id: z.string() }).optional(),
  'valibot.left': toStandardJsonSchema(v.optional(v.string())),
  'arktype.left': type('string | undefined'),
  'cat.spotted': unchecked<{ where: string }>(),
  'plain.valibot': v.object({ a: v.string() }),
  nothing: z.null(),
};
const e = initEvents.meta(z.object({ tenant: z.string() })).create(defineEvents(shape));
const meta = { tenant: 'acme' };
const bus = e.bus({ handlers: [], unhandled: 'ignore', meta: () => meta });
const document = asyncApi(bus.describe(), INFO);
const codec = cloudEvents({ source: '/shop' });
const leaf = { name: 'b', below: [] };
const events: AnyEvent[] = [
  await bus.publish('tree', { name: 'a', below: [leaf] }, { meta, key: 'k' }),
  await bus.publish('valibot.made', { at: new Date(), n: 1n }, { meta }),
  await bus.publish('arktype.made', { at: new Date() }, { meta }),
  await bus.publish('cache.cleared', undefined, { meta }),
  await bus.publish('user.left', undefined, { meta }),
  await bus.publish('user.left', { id: '1' }, { meta }),
  await bus.publish('valibot.left', undefined, { meta }),
  await bus.publish('valibot.left', 'a', { meta }),
  await bus.publish('arktype.left', undefined, { meta }),
  await bus.publish('arktype.left', 'a', { meta }),
  await bus.publish('cat.spotted', { where: 'here' }, { meta }),
  await bus.publish('plain.valibot', { a: 'a' }, { meta }),
  await bus.publish('nothing', null, { meta }),
].map(({ event }) => event);
const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=1' };

it.each(events)('A message of $name is valid in the document, and one that is changed is not.', (event) => {
  const check = checkOf(document, event.name);
  const message = JSON.parse(codec.encode({ ...event, ...trace, path: 'shop.order', causationId: 'x' }));
  expect([check(message), check.errors]).toEqual([true, null]);
  const { depth: _, correlationid: _1, time: _2, superjson: _3, meta: _4, ...ofOthers } = message;
  expect(check(ofOthers)).toBe(true);
  for (const changed of [
    { type: 'other' },
    { specversion: '0.3' },
    { id: undefined },
    { source: '' },
    { depth: -1 },
    { meta },
  ])
    expect(check(JSON.parse(JSON.stringify({ ...message, ...changed })))).toBe(false);
});

it('The data of a message is checked by the schema of its event, at each level of a recursive one.', () => {
  const check = checkOf(document, 'tree');
  const message = JSON.parse(codec.encode(events[0]!));
  const deep = (last: unknown) => ({
    ...message,
    data: { name: 'a', below: [{ name: 'b', below: [{ name: 'c', below: [last] }] }] },
  });
  expect(check(deep(leaf))).toBe(true);
  for (const wrong of [{}, { name: 1, below: [] }, { ...leaf, more: 1 }, document])
    expect(check(deep(wrong))).toBe(false);
});

it.each([
  ['tree', false],
  ['valibot.made', false],
  ['arktype.made', false],
  ['nothing', false],
  ['plain.valibot', false],
  ['cache.cleared', true],
  ['user.left', true],
  ['valibot.left', true],
  ['arktype.left', true],
  ['cat.spotted', true],
])('A message of %s may be without data: %s.', (name, optional) => {
  const event = events.find((event) => event.name === name)!;
  const { data: _, ...message } = JSON.parse(codec.encode(event));
  expect(checkOf(document, name)(message)).toBe(optional);
  expect(document.components.messages[name]!['x-trpc-events'].optional).toBe(optional);
});

it('An event without payload has no data.', () => {
  const message = JSON.parse(codec.encode(events.find(({ name }) => name === 'cache.cleared')!));
  expect(checkOf(document, 'cache.cleared')({ ...message, data: null })).toBe(false);
});
