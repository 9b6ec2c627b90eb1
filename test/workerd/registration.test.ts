import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker, type RunningWorker } from './start.ts';

/** The worker of this file. Strategies that are not ours lose events here, which proves that the tests notice a loss. */
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ flags: ['nodejs_compat'] });
});
afterAll(() => worker[Symbol.asyncDispose]());

test('without a promise, a listener is cut off once the response has been sent', async () => {
  const request = worker.request();
  const goOn = request.hold();
  await request.client.registersNothing.note.query('mine');
  await request.over;
  goOn();
  expect(request.reports).not.toContain('handled mine');
});

test('a promise that is given when the call has settled is in time for that call', async () => {
  const request = worker.request();
  await request.client.registersLate.note.query('mine');
  await request.over;
  expect(request.reports).toEqual(['begun mine', 'handled mine', 'handled after mine']);
});

test('a promise that is given when the call has settled is too late for a stream that nobody pulls', async () => {
  const request = worker.request();
  expect((await request.fetch('/trpc/registersLate.unpulled')).status).toBe(415);
  await request.over;
  expect(request.reports).toEqual([]);
});

test('a promise that is given when the call has settled is too late for the end of a stream that its client leaves', async () => {
  const request = worker.request();
  const response = await request.fetch('/trpc/registersLate.endless');
  await response.body!.cancel();
  await request.over;
  expect(request.reports).toEqual([]);
});
