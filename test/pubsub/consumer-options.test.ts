import { AsyncLocalStorage } from 'node:async_hooks';
import { PubSub } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';
import { expect, it, vi } from 'vitest';
import { initEvents, type ErrorReport } from '../../src/index.ts';
import { pubsubConsumer, pubsubPush } from '../../src/pubsub/index.ts';
import { rejectionOf, thrownBy, untyped } from '../core/shop.ts';
import { catalog, e, orders } from '../queue/worker.ts';
import { emptyEnvironment } from './environment.ts';
import { stage, workerOf } from './worker.ts';
import { until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

const bus = e.bus({ handlers: [e.router()], unhandled: 'ignore' });

it.each<[object, string]>([
  [
    { subscription: undefined },
    'pubsubConsumer: it needs subscription, the name of a subscription, such as orders-worker',
  ],
  [{ subscription: '' }, 'pubsubConsumer: subscription must be the name of a subscription'],
  [
    { subscription: 'projects/p/topics/orders' },
    'pubsubConsumer: subscription must be the name of a subscription',
  ],
  [{ concurrency: 0 }, 'pubsubConsumer: concurrency must be a positive integer, not 0.'],
  [{ client: {} }, 'pubsubConsumer: client must be a PubSub of @google-cloud/pubsub, not an object.'],
  [
    { acknowledge: ['all'] },
    "pubsubConsumer: acknowledge must be a list of 'refused', 'unknown' and 'failed'",
  ],
  [
    { acknowledge: ['failed'] },
    "pubsub/worker: acknowledge: ['failed'] would lose events, because the bus has no deadLetter",
  ],
  [{ concurency: 5 }, 'pubsubConsumer has no option "concurency". Did you mean "concurrency"?'],
])('pubsubConsumer(bus, %j) is refused', (options, text) => {
  expect(thrownBy(() => untyped(pubsubConsumer)(bus, { subscription: 'worker', ...options }))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
});

it('A consumer that gets its arguments in the wrong order says which one must be the bus.', () => {
  for (const take of [pubsubConsumer, pubsubPush] as ((...args: never[]) => unknown)[])
    expect(thrownBy(() => untyped(take)({ subscription: 'worker' }, bus))).toMatchObject({
      code: 'BAD_OPTION',
      message: `${take.name} takes a bus made by e.bus first, not an object.`,
    });
});

/** Starts a consumer that can't start, and returns why. */
async function refusalOf(
  client: PubSub,
  subscription = 'worker',
): Promise<{ code: string; message: string }> {
  await using worker = workerOf(client, { consumer: { subscription } });
  const error = await rejectionOf(worker.consumer.start());
  expect(worker.consumer.status.state).toBe('idle');
  expect(worker.reports).toEqual([]);
  return error as never;
}

it('start rejects for an unknown subscription, and names the fix; so does a full name.', async () => {
  await using scene = await stage();
  for (const name of ['other', 'projects/test/subscriptions/other']) {
    const { code, message } = await refusalOf(scene.server.client(), name);
    expect(code).toBe('RECEIVE_FAILED');
    expect(message).toContain(`pubsub/other can't start: there is no subscription ${name}: create it`);
  }
  await until(() => scene.server.streams === 0);
});

it('start rejects when access is denied, and names the role.', async () => {
  await using scene = await stage();
  scene.server.state.denied.add('pubsub.subscriptions.consume');
  scene.server.faults.failRequests(({ operation }) =>
    operation === 'streamingPull' ? 'PERMISSION_DENIED' : undefined,
  );
  const { message } = await refusalOf(scene.server.client());
  expect(message).toContain(
    "pubsub/worker can't start: the process may not receive from worker: grant it roles/pubsub.subscriber",
  );
});

it('start rejects for a push subscription.', async () => {
  await using scene = await stage();
  scene.server.faults.failNext('streamingPull', 'FAILED_PRECONDITION');
  expect((await refusalOf(scene.server.client())).message).toContain('is it a push subscription');
});

it('start needs no permission to test permissions, which emulators do not know, and resolves when the stream stays open.', async () => {
  await using scene = await stage();
  for (const code of ['UNIMPLEMENTED', 'PERMISSION_DENIED'] as const) {
    const undo = scene.server.faults.failRequests(({ operation }) =>
      operation === 'testIamPermissions' ? code : undefined,
    );
    const worker = await scene.worker();
    expect(worker.consumer.status.state).toBe('running');
    await worker.consumer.stop();
    undo();
  }
});

it('start resolves with the first message, whatever else is slow.', async () => {
  await using scene = await stage();
  const release = scene.server.faults.hold(({ operation }) => operation === 'testIamPermissions');
  scene.send(orders(1));
  const begun = performance.now();
  await scene.worker();
  expect(performance.now() - begun).toBeLessThan(4000);
  release();
});

it('A start that was refused may be repeated once what was wrong is mended.', async () => {
  await using scene = await stage();
  const worker = await scene.worker({ isIdle: true, consumer: { subscription: 'later' } });
  await rejectionOf(worker.consumer.start());
  scene.server.subscribe('orders', 'later');
  await worker.consumer.start();
  expect(worker.consumer.status.state).toBe('running');
});

it('After a start that was refused for its credentials, the next one takes messages.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const worker = await scene.worker({ isIdle: true, work: (id) => void seen.push(id) });
  scene.server.faults.failNext('testIamPermissions', 'UNAUTHENTICATED');
  expect(await rejectionOf(worker.consumer.start())).toMatchObject({
    code: 'RECEIVE_FAILED',
    message: expect.stringContaining('Google does not accept the credentials'),
  });
  await worker.consumer.start();
  scene.send(orders(2));
  await scene.empty();
  expect(seen.toSorted()).toEqual(['o0', 'o1']);
  await worker.consumer.stop();
  expect(worker.texts).toEqual([]);
});

it('Without a project, and without credentials, start rejects and names the ways to give them.', async () => {
  emptyEnvironment();
  const start = async (options: object) => {
    const consumer = pubsubConsumer(bus, { subscription: 'worker', ...options });
    return (await rejectionOf(consumer.start())) as Error;
  };
  expect((await start({})).message).toContain(
    "pubsub/worker can't start: the Google client has no project: set GOOGLE_CLOUD_PROJECT",
  );
  expect((await start({ subscription: 'projects/p/subscriptions/worker' })).message).toContain(
    'Google does not accept the credentials, or there are none',
  );
});

it('The client that is made for a consumer reads the environment, and is closed with it.', async () => {
  await using scene = await stage();
  emptyEnvironment();
  vi.stubEnv('PUBSUB_EMULATOR_HOST', scene.server.address);
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'test');
  const own = e.bus({ handlers: [e.router()], unhandled: 'ignore' });
  const consumer = pubsubConsumer(own, { subscription: 'worker' });
  await consumer.start();
  scene.send(orders(3));
  await scene.empty();
  await consumer.stop();
  await until(() => scene.server.streams === 0);
  expect(consumer.status).toMatchObject({ state: 'stopped', acknowledged: 3 });
});

it('A consumer that is started in a call keeps nothing of it.', async () => {
  await using scene = await stage();
  const storage = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const worker = await scene.worker({ isIdle: true, work: () => void seen.push(storage.getStore()) });
  await storage.run('call', () => worker.consumer.start());
  scene.send(orders(1));
  await scene.empty();
  expect(seen).toEqual([undefined]);
});

it('A bus without createContext gives its messages back, and the consumer stops by itself.', async () => {
  await using scene = await stage();
  const builder = initEvents.context<{ db: object }>().create(catalog);
  const reports: string[] = [];
  const other = builder.bus({
    handlers: [builder.router().on('order.placed', () => {}, { name: 'ship' })],
    onError: ({ error }: ErrorReport) => void reports.push(error.code),
  });
  const consumer = pubsubConsumer(other, { subscription: 'worker', client: scene.server.client() });
  scene.send(orders(1));
  await consumer.start();
  await until(() => consumer.status.state === 'stopped');
  expect(reports).toEqual(['NO_CONTEXT']);
  expect(scene.subscription.counts).toEqual({ waiting: 1, out: 0 });
});

it('An own channel needs no credentials of the environment.', async () => {
  await using scene = await stage();
  emptyEnvironment();
  const client = new PubSub({
    projectId: 'test',
    apiEndpoint: scene.server.address,
    sslCreds: credentials.createInsecure(),
  });
  await using worker = workerOf(client);
  await worker.consumer.start();
  scene.send(orders(1));
  await scene.empty();
  await worker.consumer.stop();
  await client.close();
});
