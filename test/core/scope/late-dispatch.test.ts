import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { initEvents } from '../../../src/index.ts';
import { catalog, collector, e, untyped } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

function makeBus() {
  const seen = collector({ events: 'cat.spotted' });
  const dropped: unknown[] = [];
  const router = e.router();
  const bus = e.bus({
    handlers: [router, seen.handler],
    onError: () => {},
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
  });
  return { bus, router, seen, dropped };
}
const boom = new Error('boom');

it.each([true, false])(
  'ctx.dispatch obeys its `when` at once after its scope has settled (ok: %s).',
  async (ok) => {
    const { bus, seen, dropped } = makeBus();
    let late!: () => void;
    const scope = bus.scope(({ dispatch }) => {
      late = () => {
        for (const when of ['success', 'failure', 'settled'] as const)
          dispatch('cat.spotted', when, { when });
      };
      if (!ok) throw boom;
    });
    await scope.catch(() => {});
    late();
    expect(seen.payloads).toEqual(ok ? ['success', 'settled'] : ['failure', 'settled']);
    expect(dropped).toEqual([ok ? ['failure', 'succeeded'] : ['success', 'failed']]);
  },
);

it('e.dispatch in a timer of a call works like bus.publish, even if the call has failed.', async () => {
  const { bus, seen } = makeBus();
  const { promise, open } = gate();
  let timer!: Promise<void>;
  const scope = bus.scope(() => {
    timer = promise.then(() => e.dispatch('cat.spotted', 'late'));
    throw boom;
  });
  await scope.catch(() => {});
  open();
  await timer;
  expect(seen.events).toMatchObject([{ payload: 'late', depth: 0, causationId: undefined }]);
});

it('e.dispatch in a timer of a call needs what publish needs: createContext, and the meta that the schema asks for.', async () => {
  const meta = z.object({ tenant: z.string() });
  const app = initEvents.context<{ db: string }>().meta(meta).create(catalog);
  const late = async (createContext?: () => { db: string }) => {
    const codes: string[] = [];
    const seen = collector();
    const bus = app.bus({
      handlers: [seen.handler],
      meta: () => ({ tenant: 'never made' }),
      createContext,
      onError: ({ error }) => void codes.push(error.code),
    });
    const { promise, open } = gate();
    let timer!: Promise<unknown>;
    await untyped(bus.scope)(() => {
      timer = (async () => {
        await promise;
        app.dispatch('cat.spotted', 1, { meta: { tenant: 't' } });
        untyped(app.dispatch)('cat.spotted', 2);
      })();
    });
    open();
    const thrown = await timer.catch((error: unknown) => error);
    return { thrown, codes, payloads: seen.payloads };
  };
  expect(await late()).toMatchObject({ thrown: { code: 'NO_CONTEXT' }, codes: [], payloads: [] });
  expect(await late(() => ({ db: 'db' }))).toEqual({
    thrown: undefined,
    codes: ['META_FAILED'],
    payloads: [1],
  });
});

it('A scope that begins in a timer of a settled call is a root of its own.', async () => {
  const { bus, seen } = makeBus();
  const { promise, open } = gate();
  let timer!: Promise<void>;
  const scope = bus.scope(() => {
    timer = (async () => {
      await promise;
      e.scope(() => e.dispatch('cat.spotted', 'e.scope'));
      await bus.scope(() => e.dispatch('cat.spotted', 'bus.scope'));
    })();
    throw boom;
  });
  await scope.catch(() => {});
  open();
  await timer;
  expect(seen.payloads).toEqual(['e.scope', 'bus.scope']);
});

const ways = {
  'ctx.dispatch': (dispatch: (name: 'cat.spotted', payload: string) => void) =>
    dispatch('cat.spotted', 'late'),
  'e.dispatch': () => e.dispatch('cat.spotted', 'late'),
};
it.each(
  Object.entries(ways).flatMap(([way, dispatch]) =>
    [true, false].flatMap((ok) =>
      ['listener', 'e.scope', 'bus.scope'].map((where) => ({ way, dispatch, ok, where })),
    ),
  ),
)(
  '$way in a timer that an attempt (ok: $ok) started in $where keeps its cause, and is dropped if the attempt failed.',
  async ({ dispatch, ok, where }) => {
    const { bus, router, seen, dropped } = makeBus();
    const { promise, open } = gate();
    let timer!: Promise<void>;
    router.on('user.created', async ({ ctx }) => {
      const start = () => void (timer = promise.then(() => dispatch(ctx.dispatch)));
      if (where === 'listener') start();
      else if (where === 'e.scope') e.scope(start);
      else await bus.scope(start);
      if (!ok) throw boom;
    });
    const { event } = await bus.publish('user.created', { id: '1' });
    open();
    await timer;
    await bus.drain();
    expect(seen.events).toMatchObject(ok ? [{ payload: 'late', causationId: event.id, depth: 1 }] : []);
    expect(dropped).toEqual(ok ? [] : [['late', 'attempt-failed']]);
  },
);

it('A call that a listener made and did not await is judged by both outcomes, and flushed by itself.', async () => {
  for (const ok of [true, false]) {
    const { bus, router, seen } = makeBus();
    const { promise, open } = gate();
    const t = initTRPC.create();
    const procedures = t.router({
      slow: t.procedure.use(bus.middleware()).mutation(async ({ ctx }) => {
        ctx.dispatch('cat.spotted', 'slow');
        await promise;
      }),
    });
    const caller = t.createCallerFactory(procedures)({});
    let call!: Promise<void>;
    router.on('user.created', async () => {
      call = caller.slow();
      await turn();
      if (!ok) throw boom;
    });
    await bus.publish('user.created', { id: '1' });
    expect(seen.payloads).toEqual([]);
    open();
    await call;
    await bus.drain();
    expect(seen.payloads).toEqual(ok ? ['slow'] : []);
  }
});
