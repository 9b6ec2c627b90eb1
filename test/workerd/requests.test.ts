import { describe, expect, test } from 'vitest';
import { startWorker, type WorkerRequest } from './start.ts';

const OK = { outcome: 'ok', exceptions: [], logs: [] };
const RAN = ['begun mine', 'handled mine', 'handled after mine'];

/** A flag that brings back the behavior before October 2024. Code of one request may then go on in another request. */
const OFF = 'no_handle_cross_request_promise_resolution';

const FLAGS = ['', 'nodejs_compat', OFF, `nodejs_compat ${OFF}`];

describe.for(FLAGS)('with the flags "%s"', (text) => {
  const flags = text.split(' ').filter(Boolean);

  test('requests that overlap on one bus share nothing', async () => {
    await using worker = await startWorker({ flags });
    const early = Array.from({ length: 6 }, () => worker.request());
    const goOn = early.map((request) => request.hold());
    for (const { client } of early) await client.auto.note.query('mine');
    for (const request of early) await request.told('begun mine');
    // The early requests' listeners are under way, while other requests begin and end.
    const late = Array.from({ length: 6 }, () => worker.request());
    const calls = late.map(({ client }) => client.auto.note.query('mine'));
    const stream = worker.request();
    const response = await stream.fetch('/trpc/auto.stream');
    for (const go of goOn) go();
    await response.text();
    await Promise.all(calls);
    for (const { over, reports } of [...early, ...late]) {
      expect(await over).toEqual(OK);
      expect(reports).toEqual(RAN);
    }
    expect(await stream.over).toEqual(OK);
    expect(stream.reports.filter((text) => text.startsWith('handled after'))).toHaveLength(4);
    expect(worker.stderr).toEqual([]);
  });

  test('a bus stream yields the events that other requests dispatch', async () => {
    await using worker = await startWorker({ flags });
    const reading = worker.request();
    const leaving = new AbortController();
    const response = await reading.fetch('/trpc/live?input=1000', { signal: leaving.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = (async () => {
      while (!text.includes('"mine"')) text += (await reader.read()).value;
    })();
    // This test can't see when the stream starts to listen, so it dispatches until an event arrives.
    const dispatching: WorkerRequest[] = [];
    while (!text.includes('"mine"')) {
      const request = worker.request();
      dispatching.push(request);
      await request.client.auto.note.query('mine');
    }
    await read;
    leaving.abort();
    for (const { over, reports } of dispatching) {
      expect(await over).toEqual(OK);
      expect(reports).toEqual(RAN);
    }
    expect(worker.stderr).toEqual([]);
  });

  test('a listener with `concurrency` that never ends takes no slot away from other requests', async () => {
    await using worker = await startWorker({ flags });
    const hanging = worker.request();
    await hanging.client.auto.limited.query(['hang']);
    // workerd has given up on this request by now.
    await hanging.over;
    expect(hanging.reports).toEqual(['begun hang']);
    const request = worker.request();
    await request.client.auto.limited.query(['a', 'b', 'c']);
    expect(await request.over).toEqual(OK);
    expect(request.reports).toEqual(['a', 'b', 'c'].flatMap((note) => [`begun ${note}`, `handled ${note}`]));
  });

  test.for(['drain', 'drainWithin'] as const)('%s waits for the flush of another request', async (drain) => {
    await using worker = await startWorker({ flags });
    for (let i = 0; i < 6; i++) {
      const flushing = worker.request();
      const goOn = flushing.hold();
      const called = flushing.client.auto.note.query('mine');
      // A drain may come before the other request's flush has begun, as well as after it.
      if (i % 2 === 1) await flushing.told('begun mine');
      const draining = [worker.request(), worker.request()];
      const drained = draining.map(({ client }) => client[drain].query());
      await called;
      await flushing.told('begun mine');
      goOn();
      await Promise.all(drained);
      for (const { over } of [flushing, ...draining]) expect(await over).toEqual(OK);
      expect(flushing.reports).toEqual(RAN);
    }
    expect(worker.stderr).toEqual([]);
  });
});
