import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked, type AnyEvent } from '../../src/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { anything } from './anything.ts';
import type { Random } from './random.ts';
import { eventOf } from './shop.ts';

/** A text that is in every payload and meta, and that no error may repeat. */
export const SECRET = 'top secret';

interface Tree {
  readonly name: string;
  readonly below: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), below: z.array(tree) }));

export const e = initEvents.meta(z.looseObject({ tenant: z.string(), since: z.date().optional() })).create(
  defineEvents({
    'user.created': z.object({ id: z.string(), at: z.date(), tags: z.array(z.string()) }),
    'order.placed': z.strictObject({
      id: z.string(),
      lines: z.array(z.object({ sku: z.string(), n: z.number() })),
      scores: z.record(z.string(), z.number()),
    }),
    'tree.grown': tree,
    'pet.named': v.strictObject({ id: v.string(), kind: v.picklist(['cat', 'dog']), note: v.string() }),
    'pet.moved': type({ id: 'string', to: "'here' | 'there'", note: 'string' }),
    'cat.spotted': unchecked<unknown>(),
  }),
);

/** Functions that make a payload which the schema of an event accepts. */
const payloads: Readonly<Record<string, (random: Random) => unknown>> = {
  'user.created': (random) => ({ id: SECRET, at: new Date(random.below(4e9)), tags: [SECRET, 'a'] }),
  'order.placed': (random) => ({
    id: SECRET,
    lines: Array.from({ length: random.below(4) }, (_, n) => ({ sku: SECRET, n })),
    scores: { [`${SECRET} ${random.below(9)}`]: 1 },
  }),
  'tree.grown': () => ({ name: SECRET, below: [{ name: SECRET, below: [] }] }),
  'pet.named': (random) => ({ id: SECRET, kind: random.of(['cat', 'dog']), note: SECRET }),
  'pet.moved': (random) => ({ id: SECRET, to: random.of(['here', 'there']), note: SECRET }),
  'cat.spotted': (random) => ({ of: anything(random.next, 1), at: new Date(5), note: SECRET, list: [1, 2n] }),
};

export type Message = Record<string, unknown>;

/** Makes a good message of an event, by default a random one, as the codec writes it. */
export function messageOf(random: Random, name = random.of(Object.keys(payloads))): Message {
  const event: AnyEvent = eventOf(payloads[name]!(random), {
    name,
    key: 'key',
    path: 'shop.order',
    causationId: 'cause',
    depth: random.below(16),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'vendor=1',
    meta: { tenant: SECRET, since: new Date(0) },
  });
  return JSON.parse(cloudEvents().encode(event)) as Message;
}

/** Sets a part of a message so that only the codec can object to it: `cat.spotted` takes any payload and any meta. */
export function setPart(message: Message, part: 'data' | 'meta', value: unknown, revivals?: unknown): void {
  const tenant = { tenant: SECRET };
  Object.assign(message, {
    type: 'cat.spotted',
    data: part === 'data' ? value : [SECRET],
    meta: JSON.stringify(part === 'meta' ? { ...tenant, of: value } : tenant),
    superjson: revivals === undefined ? undefined : JSON.stringify({ [part]: revivals }),
  });
}
