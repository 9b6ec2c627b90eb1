import { initTRPC } from '@trpc/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { collector, e, thrownBy } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const CLOSED = { code: 'CLOSED' };
const envelope = { id: 'a', name: 'cat.spotted', payload: 1, time: new Date(0) };

it('A closed bus refuses publish, deliver and every new dispatch with CLOSED.', async () => {
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler] });
  await bus.close();
  await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject({
    ...CLOSED,
    message:
      'The bus is closed: bus.publish came too late. Stop taking requests, and whatever else calls it, before you close the bus.',
  });
  await expect(bus.deliver(envelope)).rejects.toMatchObject({
    ...CLOSED,
    message:
      'The bus is closed: bus.deliver came too late. Stop taking requests, and whatever else calls it, before you close the bus.',
  });
  const refused = {
    ...CLOSED,
    message:
      'The bus is closed: dispatch came too late. Stop taking requests, and whatever else calls it, before you close the bus.',
  };
  let ran = 0;
  await bus.scope(({ dispatch }) => {
    ran++;
    expect(thrownBy(() => dispatch('cat.spotted', 1))).toMatchObject(refused);
    expect(thrownBy(() => e.dispatch('cat.spotted', 1))).toMatchObject(refused);
    expect(thrownBy(() => e.scope(({ dispatch }) => dispatch('cat.spotted', 1)))).toMatchObject(refused);
  });
  expect(ran).toBe(1);
  await bus.drain();
  expect(seen.events).toEqual([]);
});

it('A call that begins after close runs, but its dispatch throws CLOSED.', async () => {
  const bus = e.bus({ handlers: [collector().handler] });
  const t = initTRPC.create();
  const router = t.router({
    quiet: t.procedure.use(bus.middleware()).query(() => 'value'),
    spot: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('cat.spotted', 1)),
  });
  const caller = t.createCallerFactory(router)({});
  await bus.close();
  expect(await caller.quiet()).toBe('value');
  await expect(caller.spot()).rejects.toMatchObject({ cause: CLOSED });
});

it('An open scope runs to its end: it may dispatch, publish and nest scopes, and close waits for it.', async () => {
  const seen = collector();
  const { promise, open } = gate();
  const bus = e.bus({ handlers: [seen.handler] });
  const log: string[] = [];
  const scope = bus.scope(async ({ dispatch }) => {
    await promise;
    dispatch('cat.spotted', 1);
    await bus.publish('cat.spotted', 'published');
    await bus.scope(() => e.dispatch('cat.spotted', 2));
    log.push('scope');
  });
  const closed = bus.close().then(() => log.push('closed'));
  await turn();
  open();
  await Promise.all([scope, closed]);
  expect(log).toEqual(['scope', 'closed']);
  expect(seen.payloads).toEqual(['published', 1, 2]);
});

it('A bus that is still closing already refuses new work, including publish.', async () => {
  const { promise, open } = gate();
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler] });
  const scope = bus.scope(() => promise);
  const closed = bus.close();
  await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject(CLOSED);
  await bus.scope(async ({ dispatch }) => {
    expect(thrownBy(() => dispatch('cat.spotted', 1))).toMatchObject(CLOSED);
    await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject(CLOSED);
    await expect(bus.deliver(envelope)).rejects.toMatchObject(CLOSED);
  });
  open();
  await Promise.all([scope, closed]);
  expect(seen.events).toEqual([]);
});

it('Running listeners go on during close: the events that they dispatch and publish are handled.', async () => {
  const { promise, open } = gate();
  const seen = collector({ events: ['user.*', 'cache.*'] });
  const router = e.router().on('cat.spotted', async ({ ctx }) => {
    await promise;
    ctx.dispatch('user.created', { id: '1' });
    await bus.publish('cache.cleared');
  });
  const bus = e.bus({ handlers: [router, seen.handler] });
  const published = bus.publish('cat.spotted', 1);
  const closed = bus.close();
  open();
  await Promise.all([published, closed]);
  expect(seen.names).toEqual(['cache.cleared', 'user.created']);
});

it('A late dispatch from a settled scope is refused after close.', async () => {
  const bus = e.bus({ handlers: [collector().handler] });
  let late!: () => void;
  await bus.scope(({ dispatch }) => void (late = () => dispatch('cat.spotted', 1)));
  late();
  await bus.close();
  expect(thrownBy(late)).toMatchObject(CLOSED);
});

it('Handlers are closed once, after the last event, however often close is called.', async () => {
  const log: string[] = [];
  const { promise, open } = gate();
  const closing = (name: string) => ({
    name,
    handle: () => promise.then(() => void log.push(`${name} handles`)),
    async close() {
      await turn();
      log.push(`${name} closes`);
    },
  });
  const bus = e.bus({ handlers: [closing('one'), closing('two'), e.router()] });
  void bus.publish('cat.spotted', 1);
  const both = Promise.all([bus.close(), bus.close()]);
  await turn();
  open();
  await both;
  await bus.close();
  expect(log).toEqual(['one handles', 'two handles', 'one closes', 'two closes']);
});

it('close is called as a method of the handler, as handle is.', async () => {
  class Counting {
    readonly name = 'counting';
    count = 0;
    handle() {
      this.count++;
    }
    close() {
      this.count += 10;
    }
  }
  const handler = new Counting();
  {
    await using bus = e.bus({ handlers: [handler] });
    await bus.publish('cat.spotted', 1);
  }
  expect(handler.count).toBe(11);
});

it('A handler that fails to close makes each bus.close reject, after the other handlers were closed.', async () => {
  const boom = new Error('boom');
  let closed = 0;
  const good = { name: 'good', handle() {}, close: () => void closed++ };
  const bad = (name: string) => ({ name, handle() {}, close: () => Promise.reject(boom) });
  const bus = e.bus({ handlers: [bad('one'), good] });
  await expect(bus.close()).rejects.toBe(boom);
  await expect(bus.close()).rejects.toBe(boom);
  expect(closed).toBe(1);
  const thrower = {
    name: 'thrower',
    handle() {},
    close() {
      throw boom;
    },
  };
  const several = e.bus({ handlers: [bad('one'), thrower, good] });
  await expect(several.close()).rejects.toMatchObject({
    message: 'Several handlers could not be closed',
    errors: [boom, boom],
  });
});

it('close rejects with SELF_WAIT in an open call, and the bus stays open.', async () => {
  const bus = e.bus({ handlers: [collector().handler] });
  await bus.scope(async () => {
    await expect(bus.close()).rejects.toMatchObject({
      code: 'SELF_WAIT',
      message:
        'bus.close was called in an open call, which it would wait for. Call it from outside, or do not await it here.',
    });
  });
  await bus.publish('cat.spotted', 1);
});

it('close rejects with DRAIN_TIMEOUT after its timeout, and finishes when it is called again.', async () => {
  const { promise, open } = gate();
  let closed = false;
  const errors: unknown[] = [];
  const handler = { name: 'slow', handle: () => promise, close: () => void (closed = true) };
  const bus = e.bus({ handlers: [handler], onError: (report) => void errors.push(report) });
  const scope = bus.scope(async ({ dispatch }) => {
    dispatch('cat.spotted', 1);
    await promise;
  });
  await expect(bus.close({ timeout: 5 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: 'bus.close waited 5 ms, and there still runs: 1 open call.',
  });
  await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject(CLOSED);
  expect(closed).toBe(true);
  open();
  await bus.close({ timeout: 1000 });
  await scope;
  expect(errors).toMatchObject([
    {
      error: { message: expect.stringContaining('bus.close has run out of time before this began') },
      attempt: 0,
    },
  ]);
});

it('The timeout of close also limits the time that handlers take to close.', async () => {
  const { promise, open } = gate();
  const bus = e.bus({ handlers: [{ name: 'slow', handle() {}, close: () => promise }] });
  await expect(bus.close({ timeout: 5 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: 'bus.close waited 5 ms, and there still runs: close of slow.',
  });
  open();
  await bus.close();
  const late = gate();
  const failing = {
    name: 'failing',
    handle() {},
    close: () => late.promise.then(() => Promise.reject(new Error('no'))),
  };
  await expect(e.bus({ handlers: [failing] }).close({ timeout: 1 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
  });
  // Nobody waits for the late rejection anymore, but it must not become an unhandled rejection.
  late.open();
});

it('A closed bus no longer hears of new listeners, so that its names are free again.', async () => {
  const router = e.router();
  const bus = e.bus({ handlers: [router, { name: 'taken', handle() {} }] });
  expect(() => router.on('*', () => {}, { name: 'taken' })).toThrow('taken');
  await bus.close();
  router.on('*', () => {}, { name: 'taken' });
});

it('A clock that is set forward does not end the time that close has for handlers.', async () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const { promise, open } = gate();
  const handler = { ...collector().handler, close: () => promise };
  const bus = e.bus({ handlers: [handler] });
  const scope = bus.scope(() => new Promise<void>((resolve) => setTimeout(resolve, 100)));
  const closed = bus.close({ timeout: 5000 });
  vi.setSystemTime(Date.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(150);
  open();
  await closed;
  await scope;
});

it.each([-3_600_000, -25 * 86_400_000])(
  'A clock that is set by %i ms does not give close more time for handlers.',
  async (step) => {
    vi.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
    onTestFinished(() => void vi.useRealTimers());
    const handler = { ...collector().handler, close: () => gate().promise };
    const bus = e.bus({ handlers: [handler] });
    const scope = bus.scope(() => new Promise<void>((resolve) => setTimeout(resolve, 1000)));
    let ended: unknown;
    void bus.close({ timeout: 5000 }).catch((error: unknown) => (ended = error));
    vi.setSystemTime(Date.now() + step);
    await vi.advanceTimersByTimeAsync(4999);
    await scope;
    expect(ended).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toMatchObject({
      code: 'DRAIN_TIMEOUT',
      message: 'bus.close waited 5000 ms, and there still runs: close of collector.',
    });
    expect(vi.getTimerCount()).toBe(0);
  },
);
