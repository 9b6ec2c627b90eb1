import type { PubSub } from '@google-cloud/pubsub';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventForwarder } from '../../src/index.ts';
import { pubsubForwarder, type PubsubClient, type PubsubForwarder } from '../../src/pubsub/index.ts';

const e = initEvents.create(
  defineEvents({
    'order.placed': z.object({ n: z.number() }),
    'user.created': z.object({ id: z.string().transform((id) => id.length) }),
  }),
);
const topic = 'orders';

test('A forwarder keeps its patterns, so that e.bus checks them.', () => {
  expectTypeOf(pubsubForwarder({ topic, events: 'order.*' })).toEqualTypeOf<PubsubForwarder<'order.*'>>();
  expectTypeOf(pubsubForwarder({ topic })).toExtend<EventForwarder>();
  e.bus({ handlers: [pubsubForwarder({ topic, events: 'order.*' })] });
  // @ts-expect-error no event matches the pattern
  e.bus({ handlers: [pubsubForwarder({ topic, events: 'ordr.*' })] });
  // @ts-expect-error user.created does not accept its own output, so it can't travel
  e.bus({ handlers: [pubsubForwarder({ topic, events: ['user.*'] })] });
  // @ts-expect-error without `events`, the forwarder takes user.created too
  e.bus({ handlers: [pubsubForwarder({ topic })] });
});

test('A PubSub of the Google client is a client, and another object is none.', () => {
  expectTypeOf<PubSub>().toExtend<PubsubClient>();
  // @ts-expect-error a client has `auth` and `topic`
  pubsubForwarder({ topic, client: {} });
  // @ts-expect-error topic is required
  pubsubForwarder({});
});

test('Functions of options get the event, and return what Pub/Sub takes.', () => {
  pubsubForwarder({
    topic,
    orderingKey: ({ key }) => key,
    attributes: ({ meta }) => ({ a: 'x', b: 1, d: undefined, e: typeof meta }),
  });
  // @ts-expect-error an attribute is no object
  pubsubForwarder({ topic, attributes: () => ({ a: {} }) });
});
