import type { PubSub } from '@google-cloud/pubsub';
import type { OAuth2Client } from 'google-auth-library';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventForwarder } from '../../src/index.ts';
import {
  pubsubConsumer,
  pubsubForwarder,
  pubsubPush,
  type PubsubClient,
  type PubsubForwarder,
  type PubsubSubscriberClient,
  type PushAuth,
  type QueueConsumer,
} from '../../src/pubsub/index.ts';

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

test('A PubSub is the client of a consumer, and an OAuth2Client is the auth of a push route.', () => {
  const bus = e.bus({ handlers: [e.router()] });
  expectTypeOf<PubSub>().toExtend<PubsubSubscriberClient>();
  expectTypeOf<OAuth2Client>().toExtend<PushAuth>();
  expectTypeOf(pubsubConsumer(bus, { subscription: 'worker' })).toEqualTypeOf<QueueConsumer>();
  // @ts-expect-error subscription is required
  pubsubConsumer(bus, {});
  // @ts-expect-error without a service account, anybody could send events
  pubsubPush(bus, { audience: 'https://a.example' });
  // @ts-expect-error without an audience, a token for another application would do
  pubsubPush(bus, { serviceAccount: 'a@example.com' });
});
