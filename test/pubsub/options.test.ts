import { expect, it } from 'vitest';
import { PubSub } from '@google-cloud/pubsub';
import { pubsubForwarder } from '../../src/pubsub/index.ts';

it.for([
  ['orders', 'pubsub/orders'],
  ['projects/my-project/topics/orders', 'pubsub/orders'],
  ['projects/example.com:p/topics/or.ders~+%', 'pubsub/or.ders~+%'],
] as const)('A forwarder is named after its topic: %s.', ([topic, name]) => {
  expect(pubsubForwarder({ topic }).name).toBe(name);
  expect(pubsubForwarder({ topic, name: 'other' }).name).toBe('other');
});

it('A forwarder has the patterns and the flags that it was given, and a codec.', () => {
  const forwarder = pubsubForwarder({ topic: 'orders', events: ['order.*'], local: false });
  expect(forwarder).toMatchObject({ events: ['order.*'], local: false, remote: true });
  expect(forwarder.codec).toMatchObject({ encode: expect.any(Function), decode: expect.any(Function) });
  expect(pubsubForwarder({ topic: 'orders' })).not.toHaveProperty('events');
});

const topic = 'orders';
it.for<[options: object | undefined, message: string]>([
  [
    undefined,
    'pubsubForwarder: it needs topic, the name of a topic, such as orders or projects/my-project/topics/orders. It is undefined: is the environment variable set, for the build too?',
  ],
  [
    { topic: 'projects/p/subscriptions/orders' },
    'pubsubForwarder: topic must be the name of a topic, such as orders or projects/my-project/topics/orders, not "projects/p/subscriptions/orders".',
  ],
  [{ topic: 'projects//topics/orders' }, 'pubsubForwarder: topic must be the name of a topic'],
  [{ topic: 'ab' }, 'pubsubForwarder: topic must be the name of a topic'],
  [{ topic: 'google-orders' }, 'pubsubForwarder: topic must be the name of a topic'],
  [{ topic: 'https://pubsub.googleapis.com/orders' }, 'pubsubForwarder: topic must be the name of a topic'],
  [{ topic, topc: topic }, 'pubsubForwarder has no option "topc". Did you mean "topic"?'],
  [
    { topic, linger: -1 },
    'pubsubForwarder: linger must be a number of milliseconds, from 0 to 2147483647, not -1.',
  ],
  [
    { topic, timeout: 0 },
    'pubsubForwarder: timeout must be a number of milliseconds, from 1 to 2147483647, not 0.',
  ],
  [
    { topic, maxBytes: 10_000_001 },
    'pubsubForwarder: maxBytes must be a positive integer up to 10000000, which is the limit of Pub/Sub, not 10000001.',
  ],
  [{ topic, client: {} }, 'pubsubForwarder: client must be a PubSub of @google-cloud/pubsub, not an object.'],
  [
    { topic, client: new PubSub({ projectId: 'p' }).topic('orders') },
    'pubsubForwarder: client must be a PubSub of @google-cloud/pubsub, not an object.',
  ],
  [{ topic, orderingKey: 'key' }, 'pubsubForwarder: orderingKey must be a function, not "key".'],
  [{ topic, attributes: {} }, 'pubsubForwarder: attributes must be a function, not an object.'],
  [
    { topic, codec: { encode: () => '' } },
    'pubsubForwarder: codec must be a codec, such as cloudEvents(), not an object.',
  ],
  [
    { topic, events: 7 },
    'pubsubForwarder: events must be a pattern, such as "order.*", or a list of patterns, not 7.',
  ],
])('A bad option is refused when the forwarder is made: %o.', ([given, message]) => {
  expect(() => pubsubForwarder(given as never)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) }),
  );
});
