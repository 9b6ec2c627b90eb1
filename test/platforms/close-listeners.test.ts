import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { serve } from '../servers/start.ts';
import { eventually, makeApp, t } from '../trpc/app.ts';

/** Node warns at the eleventh listener, and `pipeline` by itself adds seven. */
test('a response gets one close listener, however many calls it answers, and none before there are events', async () => {
  await using app = makeApp();
  const { note } = t.router({ note: app.procedure.query(({ ctx }) => ctx.dispatch('noted', 'note')) });
  const caller = t.createCallerFactory(t.router({ note }))({});
  const counts: number[] = [];
  const server = createServer(async (_, response) => {
    counts.push(response.listenerCount('close'));
    for (let i = 0; i < 3; i++) await caller.note();
    counts.push(response.listenerCount('close'));
    response.end();
  });
  await using running = await serve(server);
  await (await fetch(running.url)).text();
  await eventually(() => expect(app.handled).toHaveLength(3));
  expect(counts).toEqual([0, 1]);
});
