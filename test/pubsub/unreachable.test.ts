import { expect, it, vi } from 'vitest';
import { SCALE } from '../queue/scale.ts';
import { printFigure } from '../setup/figure.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

vi.setConfig({ testTimeout: 60_000 });

/** How long the server is gone, in ms. `npm run test:faults` takes the full time. */
const AWAY = SCALE === 1 ? 10_000 : 3000;

it.concurrent.each(['gone', 'silent'] as const)(
  'While the server is %s the state says so, there is one report each way, and the worker is back without a restart.',
  async (how) => {
    await using scene = await stage();
    const seen: string[] = [];
    const worker = await scene.worker({ work: (id) => void seen.push(id) });
    const resume = how === 'silent' ? scene.server.faults.pause() : undefined;
    if (how === 'gone') await scene.server.goAway();
    // An idle worker asks for a sign of life only every 30 s. Ending its streams makes it notice at once.
    else scene.server.endStreams();
    await until(() => worker.consumer.status.state === 'unreachable', 60_000);
    expect(worker.consumer.status.lastError).toContain('Pub/Sub could not be reached');
    scene.send(orders(3));
    await pause(AWAY);
    resume?.();
    if (how === 'gone') await scene.server.comeBack();
    const begun = performance.now();
    await scene.empty(20_000);
    printFigure(`${how} for ${AWAY / 1000} s: back after ${Math.round(performance.now() - begun)} ms`);
    expect(seen.toSorted()).toEqual(['o0', 'o1', 'o2']);
    await until(() => worker.consumer.status.state === 'running');
    expect(worker.texts).toEqual([
      expect.stringMatching(
        /^pubsub\/worker gets no messages: Pub\/Sub could not be reached .*It tries again, at least every 10 s\.$/,
      ),
      expect.stringMatching(/^pubsub\/worker: the broker answers again, after \d+ s\.$/),
    ]);
  },
  120_000,
);

it.concurrent.each([
  ['NOT_FOUND', 'there is no subscription worker'],
  ['PERMISSION_DENIED', 'the process may not receive from worker'],
  ['UNKNOWN', 'made to end'],
  ['UNAUTHENTICATED', 'Google does not accept the credentials'],
] as const)(
  'When the client closes the subscription by itself because of %s, it is opened again, with one report each way.',
  async (code, text) => {
    await using scene = await stage();
    const seen: string[] = [];
    const worker = await scene.worker({ work: (id) => void seen.push(id) });
    scene.server.faults.failNext('streamingPull', code, 2);
    scene.server.endStreams(code);
    await until(() => worker.consumer.status.state === 'unreachable');
    scene.send(orders(2));
    await scene.empty();
    expect(seen.toSorted()).toEqual(['o0', 'o1']);
    await until(() => worker.consumer.status.state === 'running');
    expect(worker.texts).toEqual([
      expect.stringContaining(text),
      expect.stringContaining('the broker answers again'),
    ]);
    expect(scene.server.streams).toBe(1);
  },
);

it.concurrent('A subscription that is deleted and made again is found again, with one report each way.', async () => {
  await using scene = await stage();
  const seen: string[] = [];
  const worker = await scene.worker({ work: (id) => void seen.push(id) });
  const admin = scene.server.client();
  await admin.subscription('worker').delete();
  await until(() => worker.consumer.status.state === 'unreachable');
  await pause(1500);
  expect(worker.texts).toHaveLength(1);
  scene.server.subscribe('orders', 'worker');
  scene.send(orders(2));
  await until(() => seen.length === 2, 20_000);
  await until(() => worker.consumer.status.state === 'running');
  expect(worker.texts).toEqual([
    expect.stringContaining(
      'there is no subscription worker: create it (gcloud pubsub subscriptions create)',
    ),
    expect.stringContaining('the broker answers again'),
  ]);
});

it.concurrent.each(['UNAVAILABLE', 'INTERNAL'] as const)(
  'A stream that ends by %s, as Google ends each from time to time, is no outage.',
  async (code) => {
    await using scene = await stage();
    const seen: string[] = [];
    const worker = await scene.worker({ work: (id) => void seen.push(id) });
    for (let n = 0; n < 3; n++) {
      scene.server.endStreams(code);
      scene.send([{ id: `o${n}` }]);
      await until(() => seen.length === n + 1);
    }
    expect(worker.texts).toEqual([]);
    expect(worker.consumer.status.state).toBe('running');
  },
);

it.concurrent('A worker that starts while the server is gone waits for it.', async () => {
  await using scene = await stage();
  await scene.server.goAway();
  const worker = await scene.worker();
  expect(worker.consumer.status.state).toBe('unreachable');
  await scene.server.comeBack();
  scene.send(orders(1));
  await scene.empty();
  await until(() => worker.consumer.status.state === 'running');
  expect(worker.texts).toHaveLength(2);
});

it.concurrent('stop ends the wait for a server that is gone.', async () => {
  await using scene = await stage();
  const { consumer } = await scene.worker();
  await scene.server.goAway();
  await until(() => consumer.status.state === 'unreachable');
  await pause(1000);
  const begun = performance.now();
  await consumer.stop();
  expect(performance.now() - begun).toBeLessThan(500);
  expect(consumer.status.state).toBe('stopped');
});

it.concurrent('A message that was handled while the server was gone is acknowledged when it is back.', async () => {
  await using scene = await stage();
  const runs: string[] = [];
  let isOver = false;
  await scene.worker({ work: async (id) => { runs.push(id); await until(() => isOver); } }); // prettier-ignore
  scene.send(orders(5));
  await until(() => runs.length === 5);
  await scene.server.goAway();
  isOver = true;
  await pause(1500);
  await scene.server.comeBack();
  await scene.empty();
  expect(runs.toSorted()).toEqual(['o0', 'o1', 'o2', 'o3', 'o4']);
});
