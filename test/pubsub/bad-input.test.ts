import { PubSub } from '@google-cloud/pubsub';
import { describe, expect, it, vi } from 'vitest';
import { pubsubForwarder, type PubsubForwarderOptions } from '../../src/pubsub/index.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { e, mistakesOf } from '../queue/shop.ts';
import { emptyEnvironment } from './environment.ts';
import { stage } from './shop.ts';

vi.setConfig({ testTimeout: 30_000 });

const said = (options: Partial<PubsubForwarderOptions>) =>
  mistakesOf(pubsubForwarder({ topic: 'orders', timeout: 3000, ...options }));

it('Without a project, the error names the ways to give one, and nothing ends the process.', async () => {
  emptyEnvironment();
  for (const client of [undefined, new PubSub()])
    for (const message of await said({ client }))
      expect(message).toMatch(
        /the Google client has no project: set GOOGLE_CLOUD_PROJECT, or give client: new PubSub\(\{ projectId \}\) \(Error: Unable to detect a Project Id/,
      );
});

it('Without credentials, the error names the ways to give them, and nothing ends the process.', async () => {
  emptyEnvironment();
  for (const options of [
    { topic: 'projects/my-project/topics/orders' },
    { client: new PubSub({ projectId: 'my-project' }) },
  ])
    for (const message of await said(options))
      expect(message).toMatch(
        /Google does not accept the credentials, or there are none: set GOOGLE_APPLICATION_CREDENTIALS, .*\(Error: Could not load the default credentials/,
      );
});

it('Credentials that are a file which is not there are named.', async () => {
  emptyEnvironment();
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere/key.json');
  for (const message of await said({ topic: 'projects/my-project/topics/orders' }))
    expect(message).toMatch(/Google does not accept the credentials, .*\/nowhere\/key\.json/);
});

it('An unknown topic is named.', async () => {
  await using server = await PubsubServer.start();
  for (const message of await said({ topic: 'nope', client: server.client() }))
    expect(message).toMatch(
      /pubsub\/nope .*there is no topic projects\/test\/topics\/nope: create it \(gcloud pubsub topics create\), or fix the option topic \(/,
    );
  for (const message of await said({ topic: 'projects/another/topics/orders', client: server.client() }))
    expect(message).toContain('there is no topic projects/another/topics/orders');
});

it('A permission that is missing is named.', async () => {
  await using server = await PubsubServer.start();
  server.createTopic('orders');
  server.state.denied.add('pubsub.topics.publish');
  server.faults.failNext('publish', 'PERMISSION_DENIED');
  for (const message of await said({ client: server.client() }))
    expect(message).toMatch(
      /the process may not publish to projects\/test\/topics\/orders: grant it roles\/pubsub\.publisher \(/,
    );
});

describe('verify', () => {
  it('resolves for a topic that may be published to, and sends nothing.', async () => {
    await using it = await stage();
    await it.forwarder.verify();
    expect([it.batches(), it.sent()]).toEqual([[], []]);
  });

  it('resolves on a server that knows no permissions, as Google’s emulator, if the topic is there.', async () => {
    await using it = await stage();
    it.server.faults.failNext('testIamPermissions', 'UNIMPLEMENTED', 2);
    await it.forwarder.verify();
    it.server.state.topics.clear();
    await expect(it.forwarder.verify()).rejects.toThrow(
      "pubsub/orders can't send: there is no topic projects/test/topics/orders",
    );
  });

  it('names the topic where Google says that a process has no permissions of a topic that is not there.', async () => {
    await using it = await stage();
    it.server.state.denied.add('pubsub.topics.publish');
    it.server.faults.failNext('getTopic', 'NOT_FOUND');
    await expect(it.forwarder.verify()).rejects.toThrow('there is no topic projects/test/topics/orders');
    it.server.faults.failNext('getTopic', 'PERMISSION_DENIED');
    await expect(it.forwarder.verify()).rejects.toThrow('the process may not publish to');
  });

  it('ends within `timeout` on a server that never answers.', async () => {
    await using it = await stage({ timeout: 300 });
    const resume = it.server.faults.pause();
    const begun = performance.now();
    await expect(it.forwarder.verify()).rejects.toThrow('Pub/Sub could not be reached (');
    expect(performance.now() - begun).toBeLessThan(1300);
    resume();
  });
});

it('A server that can not be reached is named.', async () => {
  await using server = await PubsubServer.start();
  await server.goAway();
  for (const message of await said({ client: server.client(), timeout: 300 }))
    expect(message).toMatch(/Pub\/Sub could not be reached \(/);
});

it('A server that knows no such request is told apart from a refusal.', async () => {
  await using it = await stage();
  it.server.faults.failNext('publish', 'UNIMPLEMENTED');
  await it.flush(1);
  expect(it.failed().get(0)?.message).toContain('the server does not know this request');
});

it('A topic that is deleted in mid-run fails what is sent then, and nothing when it is made again.', async () => {
  await using it = await stage();
  await it.flush(1);
  it.server.state.topics.clear();
  await it.flush(1, undefined, 1);
  expect(it.failed().get(1)?.message).toContain('there is no topic projects/test/topics/orders');
  it.server.createTopic('orders');
  await it.flush(1, undefined, 2);
  expect(it.sent()).toEqual([0, 2]);
});

it('One event over maxBytes among others is refused by name, and the others are sent, in order.', async () => {
  await using it = await stage({ maxBytes: 2000 });
  await it.bus.scope(({ dispatch }) => {
    for (const n of [0, 1, 2])
      dispatch('order.placed', { n, text: 'x'.repeat(n === 1 ? 3000 : 10) }, { key: 'k' });
  });
  await it.bus.drain();
  expect([it.sent(), [...it.failed().keys()]]).toEqual([[0, 2], [1]]);
});

it('A client of the application that is closed is an error, and is not opened again.', async () => {
  await using server = await PubsubServer.start();
  server.createTopic('orders');
  const client = server.client();
  await client.close();
  const bus = e.bus({ handlers: [pubsubForwarder({ topic: 'orders', client })], onError: () => {} });
  const { failures } = await bus.publish('order.placed', { n: 1 });
  expect((failures[0]!.error.cause as Error).message).toContain('Cannot use a closed PubSub object');
  await bus.close();
});

it('Two forwarders of one topic need names of their own.', () => {
  const handlers = [pubsubForwarder({ topic: 'orders' }), pubsubForwarder({ topic: 'orders' })];
  expect(() => e.bus({ handlers })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('"pubsub/orders"') }),
  );
  e.bus({ handlers: [handlers[0]!, pubsubForwarder({ topic: 'orders', name: 'second' })] });
});

it('A client that is made from the environment is made with the first request, and closed by close.', async () => {
  await using server = await PubsubServer.start();
  const topic = server.createTopic('orders');
  emptyEnvironment();
  const forwarder = pubsubForwarder({ topic });
  // The variable is set only now, because the forwarder reads nothing before its first request.
  vi.stubEnv('PUBSUB_EMULATOR_HOST', server.address);
  const written = vi.spyOn(console, 'warn');
  const bus = e.bus({ handlers: [forwarder] });
  await bus.publish('order.placed', { n: 1 });
  await bus.close();
  expect(server.log).toHaveLength(1);
  // After close, another bus may go on with the same forwarder.
  await using again = e.bus({ handlers: [forwarder] });
  await again.publish('order.placed', { n: 2 });
  expect(server.log).toHaveLength(2);
  expect(written).not.toHaveBeenCalled();
});
