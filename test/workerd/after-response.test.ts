import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorker, type RunningWorker } from './start.ts';

const OK = { outcome: 'ok', exceptions: [], logs: [] };
/** Reports of the listeners about an event, and about the event that it chains. */
const ran = (note: string) => [`begun ${note}`, `handled ${note}`, `handled after ${note}`];
const sorted = (notes: readonly string[]) => notes.flatMap(ran).sort();

const FLAGS = ['', 'nodejs_als', 'nodejs_compat', 'nodejs_compat enable_request_signal'];

describe.concurrent.for(FLAGS)(
  'with the flags "%s", listeners that take 100 ms and fetch run to their end',
  (text) => {
    const flags = text.split(' ').filter(Boolean);
    let worker: RunningWorker;
    beforeAll(async () => {
      worker = await startWorker({ flags });
    });
    afterAll(async () => {
      await worker[Symbol.asyncDispose]();
      expect(worker.stderr).toEqual([]);
    });

    test.for(['auto', 'byHand'] as const)('after the response of a plain call (%s)', async (defer) => {
      const request = worker.request();
      const goOn = request.hold();
      expect(await request.client[defer].note.query('mine')).toBe('mine');
      goOn();
      expect(await request.over).toEqual(OK);
      expect(request.reports).toEqual(ran('mine'));
    });

    test('if they return the result of a call to another worker', async () => {
      const request = worker.request();
      const goOn = request.hold();
      await request.client.auto.mail.query('mine');
      goOn();
      expect(await request.over).toEqual(OK);
      expect(request.reports).toEqual(['sending mine', 'sent mine']);
    });

    test('after a batch, except those of the call that failed', async () => {
      const request = worker.request();
      const goOn = request.hold();
      const { note, fail } = request.client.auto;
      const settled = await Promise.allSettled([note.query('a'), fail.query('b'), note.query('c')]);
      goOn();
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await request.over).toEqual(OK);
      expect(request.reports.sort()).toEqual(sorted(['a', 'c']));
    });

    test.for(['auto', 'byHand'] as const)('after a subscription that ends (%s)', async (defer) => {
      const request = worker.request();
      const goOn = request.hold();
      const response = await request.fetch(`/trpc/${defer}.stream`);
      expect(await response.text()).toMatch(/data: "3"[^]*event: return/);
      goOn();
      expect(await request.over).toEqual(OK);
      expect(request.reports.sort()).toEqual(sorted(['1', '2', '3', 'end']));
    });

    test('after a subscription whose client leaves it', async () => {
      const request = worker.request();
      const leaving = new AbortController();
      const response = await request.fetch('/trpc/auto.endless', { signal: leaving.signal });
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; !text.includes('data: 2');) text += (await reader.read()).value;
      leaving.abort();
      await request.over;
      expect(request.reports).toEqual(expect.arrayContaining(ran('settled')));
      // Without enable_request_signal, workerd may drop the stream silently, and its `finally` never runs.
      if (flags.includes('enable_request_signal'))
        expect(request.reports).toEqual(expect.arrayContaining(ran('end')));
    });

    test('after a subscription whose client cancels it at once', async () => {
      const request = worker.request();
      const response = await request.fetch('/trpc/auto.endless');
      await response.body!.cancel();
      await request.over;
      expect(request.reports).toEqual(expect.arrayContaining(ran('settled')));
    });

    test('after a subscription whose body is never read', async () => {
      const request = worker.request();
      const response = await request.fetch('/trpc/auto.endless?unread');
      expect(await response.text()).toBe('unread');
      expect(await request.over).toEqual(OK);
      expect(request.reports).toEqual(ran('settled'));
    });

    test.for(['auto', 'byHand'] as const)('after a stream that is never pulled (%s)', async (defer) => {
      const request = worker.request();
      const response = await request.fetch(`/trpc/${defer}.unpulled`);
      expect(response.status).toBe(415);
      expect(await request.over).toEqual(OK);
      expect(request.reports).toEqual(ran('unpulled'));
    });
  },
);

test('an attempt fails if its listener returns a call to another worker that fails', async () => {
  await using worker = await startWorker();
  const request = worker.request();
  await request.client.auto.mail.query('refused');
  const { outcome, exceptions, logs } = await request.over;
  expect({ outcome, exceptions }).toEqual({ outcome: 'ok', exceptions: [] });
  expect(logs).toEqual([expect.stringContaining('[listener mailer, attempt 1] Error: refused')]);
  expect(request.reports).toEqual(['sending refused']);
});
