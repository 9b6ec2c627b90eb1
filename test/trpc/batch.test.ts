import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auto } from '../../src/index.ts';
import type { LinkName } from '../servers/clients.ts';
import { HTTP_ADAPTERS, start } from '../servers/start.ts';
import { makeApp, t, eventually } from './app.ts';
import { gate } from '../setup/async.ts';

function makeRouter() {
  const app = makeApp({ collectsErrors: true });
  const router = t.router({
    many: app.procedure.input(z.number()).query(({ ctx, input }) => {
      for (let i = 0; i < 1000; i++) ctx.dispatch('noted', `${input}.${i}`);
    }),
  });
  return { ...app, router };
}

describe.each(['httpBatchLink', 'httpBatchStreamLink'] as const)('by %s', (link: LinkName) => {
  test('11 calls that dispatch 1,000 events each come to an end, although that is more than limits.pending', async () => {
    await using app = makeRouter();
    await using server = await start('standalone', app.router);
    const client = server.client(link);
    await Promise.all(Array.from({ length: 11 }, (_, i) => client.many.query(i)));
    await app.bus.drain();
    expect(new Set(app.handled).size).toBe(11_000);
    expect(app.handled).toHaveLength(11_000);
    expect(app.errors.map(({ code }) => code)).toEqual(['LIMIT_EXCEEDED']);
  }, 30_000);
});

describe.each(HTTP_ADAPTERS)('on %s', (adapter) => {
  test('a quick call in a batch with a stream that takes minutes is flushed at maxWait', async () => {
    const app = makeApp({ defer: auto({ maxWait: 100 }) });
    const end = gate();
    const settled = gate<number>();
    const router = t.router({
      quick: app.procedure.query(({ ctx }) => {
        ctx.dispatch('noted', 'quick');
        settled.open(performance.now());
      }),
      minutes: app.procedure.query(async function* minutes() {
        yield 1;
        await end.promise;
      }),
    });
    await using server = await start(adapter, router);
    const client = server.client('httpBatchStreamLink');
    const [, stream] = await Promise.all([client.quick.query(), client.minutes.query()]);
    const before = await settled.promise;
    await eventually(() => expect(app.handled).toEqual(['quick']));
    // Timers may fire a millisecond early.
    expect(performance.now() - before).toBeGreaterThan(98);
    end.open();
    for await (const value of stream) expect(value).toBe(1);
    await app.bus.drain();
    expect(app.handled).toEqual(['quick']);
  });
});
