import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { auto } from '../../src/index.ts';
import type { LinkName } from '../servers/clients.ts';
import { HTTP_ADAPTERS, start } from '../servers/start.ts';
import { eventually, makeApp, t } from '../trpc/app.ts';
import { seeded } from '../types/fuzz/random.ts';
import { becomeVercel, currentInvocation, type Invocation } from './vercel-host.ts';

let host: ReturnType<typeof becomeVercel>;
beforeAll(() => {
  vi.stubEnv('VERCEL', '1');
  host = becomeVercel(() => {});
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const LINKS: readonly LinkName[] = ['httpLink', 'httpBatchLink', 'httpBatchStreamLink'];

/** Makes an app that records the notes of committed calls, and what became of them. */
function serve() {
  const committed: string[] = [];
  const handled: string[] = [];
  /** Notes that were handled when their request was already over. */
  const late: string[] = [];
  const invocations = new Map<string, Invocation>();
  const app = makeApp({
    defer: auto({ maxWait: 5 }),
    async listener(note) {
      await delay(note.length % 7);
      handled.push(note);
      if (invocations.get(note)?.over) late.push(note);
    },
  });
  const router = t.router({
    note: app.procedure
      .input((input) => input as { id: string; time: number; fails: boolean })
      .mutation(async ({ ctx, input: { id, time, fails } }) => {
        const invocation = currentInvocation()!;
        // If the client left before the call began, the request is already over for this host.
        if (!invocation.over) invocations.set(id, invocation);
        ctx.dispatch('noted', id);
        await delay(time);
        if (fails) throw new Error('no');
        committed.push(id);
      }),
  });
  return Object.assign(app, { router, committed, handled, late });
}

test.each(HTTP_ADAPTERS.flatMap((adapter) => [1, 2, 3].map((seed) => ({ adapter, seed }))))(
  'on $adapter, no event is lost or handled twice, whenever clients leave, the bus drains or maxWait ends ($seed)',
  async ({ adapter, seed }) => {
    const { below: upTo, chance, pick } = seeded(seed);
    await using app = serve();
    await using server = await start(adapter, app.router);
    const drains: Promise<void>[] = [];
    const requests = Array.from({ length: 60 }, async (_, request) => {
      const leaving = new AbortController();
      const client = server.client(pick(LINKS));
      const leavesAt = chance(0.5) ? upTo(25) : undefined;
      const drainsAt = chance(0.25) ? upTo(25) : undefined;
      const inputs = Array.from({ length: 1 + upTo(4) }, (_, call) => ({
        id: `${request}.${call}`,
        time: upTo(15),
        fails: chance(0.25),
      }));
      await delay(upTo(30));
      if (leavesAt !== undefined) setTimeout(() => leaving.abort(), leavesAt);
      if (drainsAt !== undefined) setTimeout(() => drains.push(app.bus.drain()), drainsAt);
      await Promise.allSettled(inputs.map((input) => client.note.mutate(input, { signal: leaving.signal })));
    });
    await Promise.all(requests);
    await eventually(() => expect(host.running()).toBe(0));
    await app.bus.close();
    await Promise.all(drains);
    expect(app.handled.toSorted()).toEqual(app.committed.toSorted());
    expect(app.late).toEqual([]);
    expect(app.committed.length).toBeGreaterThan(20);
  },
);
