import { expect, test } from 'vitest';
import { z } from 'zod';
import type { LinkName } from '../servers/clients.ts';
import { start } from '../servers/start.ts';
import { makeApp, t } from './app.ts';

function makeRouter() {
  const app = makeApp();
  const router = t.router({
    note: app.procedure.input(z.string()).query(({ ctx, input }) => ctx.dispatch('noted', input)),
    fail: app.procedure.input(z.string()).query(({ ctx, input }) => {
      ctx.dispatch('noted', input);
      throw new Error('no');
    }),
  });
  return { ...app, router };
}

test.each<LinkName>(['httpBatchLink', 'httpBatchStreamLink'])(
  'in 1,024 batches of 10 calls by %s, one for each subset that fails, only events of successful calls are handled, once each',
  async (link) => {
    await using app = makeRouter();
    await using server = await start('standalone', app.router);
    const client = server.client(link);
    const kept: string[] = [];
    const dropped: string[] = [];
    for (let subset = 0; subset < 1024; subset++) {
      const calls = Array.from({ length: 10 }, (_, i) => ((subset >> i) & 1) === 1);
      const results = await Promise.allSettled(
        calls.map((fails, i) => (fails ? client.fail : client.note).query(`${subset}.${i}`)),
      );
      expect(results.map(({ status }) => status === 'rejected')).toEqual(calls);
      for (const [i, fails] of calls.entries()) (fails ? dropped : kept).push(`${subset}.${i}`);
    }
    await app.bus.drain();
    expect(app.handled.sort()).toEqual(kept.sort());
    expect(app.discarded.sort()).toEqual(dropped.sort());
  },
  120_000,
);
