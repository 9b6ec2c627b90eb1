import { expect, it, vi } from 'vitest';
import { initTRPC } from '@trpc/server';
import type { EventForwarder, EventsError } from '../../../src/index.ts';
import { e } from '../shop.ts';
import { useClock } from './clock.ts';
import { gate, turn } from '../../setup/async.ts';

/** Makes a listener whose attempts wait for `end`, and counts how many of them run. */
function counted(concurrency: number) {
  const router = e.router();
  const waiting: { id: string; end: (error?: Error) => void }[] = [];
  let running = 0;
  let most = 0;
  const order: string[] = [];
  router.on(
    'user.created',
    async ({ event }) => {
      order.push(event.payload.id);
      most = Math.max(most, ++running);
      const { promise, open } = gate<Error | undefined>();
      waiting.push({ id: event.payload.id, end: open });
      const error = await promise;
      running--;
      if (error !== undefined) throw error;
    },
    { name: 'slow', concurrency },
  );
  return {
    router,
    order,
    get running() {
      return running;
    },
    get most() {
      return most;
    },
    end: (error?: Error) => waiting.shift()!.end(error),
  };
}

it('concurrency limits the running attempts of a listener over all calls, first come, first served.', async () => {
  const slow = counted(2);
  const bus = e.bus({ handlers: [slow.router] });
  const done = Promise.all(['1', '2', '3', '4', '5'].map((id) => bus.publish('user.created', { id })));
  await turn();
  expect(slow.order).toEqual(['1', '2']);
  for (const begun of [3, 4, 5, 5, 5]) {
    slow.end();
    await turn();
    expect(slow.order).toHaveLength(begun);
  }
  expect((await done).flatMap(({ failures }) => failures)).toEqual([]);
  expect([slow.order, slow.most]).toEqual([['1', '2', '3', '4', '5'], 2]);
});

it('A slot is still handed on in order after its queue was empty and fills again.', async () => {
  const slow = counted(1);
  const bus = e.bus({ handlers: [slow.router] });
  for (const round of ['a', 'b', 'c']) {
    const ids = Array.from({ length: 4 }, (_, i) => `${round}${i}`);
    const done = Promise.all(ids.map((id) => bus.publish('user.created', { id })));
    for (const id of ids) {
      await turn();
      expect(slow.order.at(-1)).toBe(id);
      slow.end();
    }
    await done;
  }
  expect(slow.most).toBe(1);
});

it('The events of one flush run at the same time, up to the concurrency of the listener.', async () => {
  const slow = counted(2);
  const bus = e.bus({ handlers: [slow.router] });
  const done = bus.scope(({ dispatch }) => {
    for (const id of ['1', '2', '3']) dispatch('user.created', { id });
  });
  await turn();
  expect(slow.order).toEqual(['1', '2']);
  for (let i = 0; i < 3; i++) {
    slow.end();
    await turn();
  }
  await done;
  expect(slow.most).toBe(2);
});

it('A listener that fails releases its slot.', async () => {
  const slow = counted(1);
  const bus = e.bus({ handlers: [slow.router], onError: () => {} });
  const done = Promise.all(['1', '2'].map((id) => bus.publish('user.created', { id })));
  await turn();
  slow.end(new Error('no'));
  await turn();
  slow.end();
  expect((await done).map(({ failures }) => failures.length)).toEqual([1, 0]);
});

it('Each bus of a router has its own slots.', async () => {
  const slow = counted(1);
  const [one, two] = [e.bus({ handlers: [slow.router] }), e.bus({ handlers: [slow.router] })];
  const done = Promise.all([one, two].map((bus) => bus.publish('user.created', { id: '1' })));
  await turn();
  expect(slow.running).toBe(2);
  slow.end();
  slow.end();
  await done;
});

it('A wait between attempts holds no slot, and neither does an attempt that has timed out.', async () => {
  const clock = useClock();
  const log: string[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ event, attempt }) => {
      log.push(`${event.payload.id}, attempt ${attempt}, at ${clock.now}`);
      if (event.payload.id === 'hangs' && attempt === 1) await new Promise(() => {});
      if (event.payload.id === 'fails' && attempt === 1) throw new Error('no');
    },
    { name: 'mail', concurrency: 1, timeout: 100, retry: { attempts: 2, minDelay: 1000, jitter: 0 } },
  );
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const done = Promise.all(['fails', 'hangs', 'works'].map((id) => bus.publish('user.created', { id })));
  await clock.pass(5000);
  expect((await done).flatMap(({ failures }) => failures)).toEqual([]);
  expect(log).toEqual([
    'fails, attempt 1, at 0',
    'hangs, attempt 1, at 0',
    'works, attempt 1, at 100',
    'fails, attempt 2, at 1000',
    'hangs, attempt 2, at 1100',
  ]);
});

it('A publish that a listener awaits waits for no slot of that listener, or of another one that waits for it.', async () => {
  const seen: string[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ event }) => {
      seen.push(`created ${event.payload.id}`);
      await turn();
      if (event.depth < 2) await bus.publish('user.created', { id: `${event.payload.id}.a` });
      if (event.depth < 2) await bus.publish('user.deleted', { id: `${event.payload.id}.b` });
    },
    { name: 'one', concurrency: 1 },
  );
  router.on(
    'user.deleted',
    async ({ event }) => {
      seen.push(`deleted ${event.payload.id}`);
      await turn();
      if (event.depth < 2) await bus.publish('user.created', { id: `${event.payload.id}.c` });
    },
    { name: 'other', concurrency: 1 },
  );
  const bus = e.bus({ handlers: [router] });
  await Promise.all([bus.publish('user.created', { id: '1' }), bus.publish('user.deleted', { id: '2' })]);
  expect(seen).toHaveLength(10);
});

it('An event that a handler delivers again waits for no slot of a listener that waits for the event.', async () => {
  const seen: string[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ event }) => {
      seen.push(`${event.payload.id}, ${event.depth} deep`);
      if (event.depth < 2) await bus.publish('user.deleted', { id: event.payload.id });
    },
    { name: 'one', concurrency: 1 },
  );
  router.on('user.deleted', async ({ event }) => {
    if (event.depth < 2) await bus.publish('user.created', { id: event.payload.id });
  });
  const loopback: EventForwarder = {
    name: 'loopback',
    remote: true,
    local: false,
    handle: async (event) => void (await bus.deliver({ ...event })),
  };
  const bus = e.bus({ handlers: [router, loopback] });
  await Promise.all(['a', 'b'].map((id) => bus.publish('user.created', { id })));
  await bus.drain({ timeout: 5000 });
  expect(seen.toSorted()).toEqual(['a, 0 deep', 'a, 2 deep', 'b, 0 deep', 'b, 2 deep']);
});

it('A listener may call procedures that dispatch to it, even at a concurrency of 1 and over limits.pending.', async () => {
  const t = initTRPC.create();
  const seen: number[] = [];
  const router = e.router();
  router.on(
    'user.created',
    async ({ event }) => {
      seen.push(event.depth);
      if (event.depth < 3) await caller.create();
    },
    { name: 'again', concurrency: 1 },
  );
  const reports: string[] = [];
  const onError = ({ error }: { error: EventsError }) => void reports.push(error.code);
  const bus = e.bus({ handlers: [router], limits: { pending: 1 }, onError });
  const caller = t.createCallerFactory(
    t.router({
      create: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
        ctx.dispatch('user.created', { id: '1' });
      }),
    }),
  )({});
  await Promise.all(Array.from({ length: 5 }, () => caller.create()));
  await bus.drain();
  expect([0, 1, 2, 3].map((depth) => seen.filter((other) => other === depth).length)).toEqual([5, 5, 5, 5]);
  expect(reports).toEqual(['LIMIT_EXCEEDED']);
});

it('An event that a listener dispatches waits for a slot, because the listener does not wait for the event.', async () => {
  const slow = counted(1);
  slow.router.on(
    'user.deleted',
    ({ ctx }) => {
      for (const id of ['1', '2']) ctx.dispatch('user.created', { id });
    },
    { name: 'chains', concurrency: 1 },
  );
  const bus = e.bus({ handlers: [slow.router] });
  await bus.publish('user.deleted', { id: '1' });
  expect(slow.order).toEqual(['1']);
  slow.end();
  await turn();
  slow.end();
  await bus.drain();
  expect(slow.most).toBe(1);
});

it('An event that waits for a slot of a removed listener is no failure of the listener, and holds up nothing.', async () => {
  const { promise, open } = gate();
  const off = new AbortController();
  const router = e.router();
  const listener = vi.fn(() => promise);
  router.on('user.created', listener, { name: 'slow', concurrency: 1, signal: off.signal });
  const bus = e.bus({ handlers: [router] });
  const done = Promise.all(['1', '2', '3'].map((id) => bus.publish('user.created', { id })));
  off.abort();
  open();
  expect((await done).flatMap(({ failures }) => failures)).toEqual([]);
  expect(listener).toHaveBeenCalledTimes(1);
});

it('drain names events that wait for a slot.', async () => {
  const slow = counted(1);
  const bus = e.bus({ handlers: [slow.router] });
  const done = Promise.all(['1', '2'].map((id) => bus.publish('user.created', { id })));
  await expect(bus.drain({ timeout: 5 })).rejects.toThrow(
    /slow on user\.created [\w-]+; slow on user\.created [\w-]+, which waits for a slot\./,
  );
  slow.end();
  await turn();
  slow.end();
  await done;
});
