import { setTimeout as delay } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { defineEvents, initEvents, type DeferStrategy } from '../../src/index.ts';

/** Input of a call to the frozen process: the call's id, and the number of events to chain. */
const call = z.object({ id: z.string(), chain: z.number().default(0) });
const step = z.object({ id: z.string(), chain: z.number() });

export interface FrozenContext {
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Makes a router that does everything that may make an application lose events, with slow listeners. */
export function makeFrozenApp({
  defer,
  listenerTime,
  handled,
  failed,
}: {
  defer: DeferStrategy<FrozenContext>;
  /** Returns how many milliseconds the listener of this event takes. */
  listenerTime: (id: string) => number;
  handled: (id: string) => void;
  failed: (problem: string) => void;
}) {
  const e = initEvents.context<FrozenContext>().create(defineEvents({ step }));
  const events = e
    .router()
    .on('step', async function recorder({ event }) {
      const { id } = event.payload;
      await delay(listenerTime(id));
      if (id.startsWith('refused')) throw new Error('no');
      handled(id);
    })
    .on('step', async function chainer({ event, ctx }) {
      const { id, chain } = event.payload;
      await delay(listenerTime(`chain of ${id}`));
      if (chain > 0) ctx.dispatch('step', { id: `${id}>`, chain: chain - 1 });
    });
  const bus = e.bus({
    handlers: [events],
    defer,
    createContext: () => ({ waitUntil: () => {} }),
    onError: ({ error }) => failed(`${error.code}: ${error.message}`),
  });
  const t = initTRPC.context<FrozenContext>().create();
  const procedure = t.procedure.use(bus.middleware()).input(call);
  const slow = procedure.mutation(async ({ ctx, input: { id } }) => {
    await delay(30);
    ctx.dispatch('step', { id, chain: 0 });
  });
  const createCaller = t.createCallerFactory(t.router({ slow }));
  const router = t.router({
    slow,
    plain: procedure.mutation(({ ctx, input: { id, chain } }) => ctx.dispatch('step', { id, chain })),
    nothing: procedure.mutation(() => {}),
    fail: procedure.mutation(async ({ ctx, input: { id } }) => {
      ctx.dispatch('step', { id, chain: 0 });
      await delay(1);
      ctx.dispatch('step', { id: `${id} failed`, chain: 0 }, { when: 'failure' });
      throw new Error('no');
    }),
    nested: procedure.mutation(async ({ ctx, input: { id } }) => {
      e.dispatch('step', { id: `${id} outer`, chain: 0 });
      await createCaller(ctx).slow({ id: `${id} inner` });
    }),
    leave: procedure.mutation(({ ctx, input: { id } }) => {
      setTimeout(() => ctx.dispatch('step', { id, chain: 0 }), 1);
    }),
    parts: procedure.query(({ input: { id } }) => rows(id)),
    watch: procedure.subscription(({ input: { id } }) => rows(id)),
    hang: procedure.subscription(({ input: { id } }) => hanging(id)),
    follow: procedure.subscription(async function* follow({ input: { id }, signal }) {
      e.dispatch('step', { id, chain: 0 });
      try {
        yield id;
        await new Promise((resolve) => signal!.addEventListener('abort', resolve));
      } finally {
        e.dispatch('step', { id: `${id} left`, chain: 0 });
      }
    }),
  });
  /** Yields once, and then never ends, although its client has gone. */
  async function* hanging(id: string) {
    e.dispatch('step', { id, chain: 0 });
    yield id;
    e.dispatch('step', { id: `${id} since`, chain: 0 });
    await new Promise(() => {});
  }
  async function* rows(id: string) {
    for (let row = 0; row < 3; row++) {
      e.dispatch('step', { id: `${id} row ${row}`, chain: 0 });
      await delay(row);
      yield row;
    }
    e.dispatch('step', { id: `${id} end`, chain: 0 });
  }
  return { bus, router };
}
export type FrozenRouter = ReturnType<typeof makeFrozenApp>['router'];
