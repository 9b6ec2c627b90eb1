/** Runs the code of docs/concepts.md, and checks what the page says about it. */
import { initTRPC, TRPCError } from '@trpc/server';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../src/index.ts';
import { recordEvents } from '../../src/testing/index.ts';
import { blocksOf, runBlock } from './blocks.ts';

const [position, late] = blocksOf('concepts.md') as [string, string];
const e = initEvents.create(
  defineEvents({
    'user.created': z.object({ id: z.string(), email: z.email() }),
    'order.viewed': z.object({ id: z.string() }),
  }),
);
const t = initTRPC.create();

/** Makes a bus whose listener keeps the ctx that it gets. */
function makeBus() {
  const contexts: object[] = [];
  const router = e.router().on('*', ({ ctx }) => void contexts.push(ctx));
  return { bus: e.bus({ handlers: [router] }), contexts };
}

it('Listeners see what stands before the middleware, and an output that is refused after it drops the events.', async () => {
  const { bus, contexts } = makeBus();
  using events = recordEvents(bus);
  const given = { t, bus, z, TRPCError };
  const signUp = (await runBlock(position, given, 'signUp')) as ReturnType<typeof t.procedure.mutation>;
  const call = (user: object) => {
    const ctx = { db: { users: { insert: async () => user } }, req: { headers: { authorization: 'ada' } } };
    return t
      .router({ signUp })
      .createCaller(ctx)
      .signUp({ email: 'ada@example.org' } as never);
  };
  await call({ id: '1' });
  expect(contexts).toMatchObject([{ userId: 'ada' }]);

  // The event reads an id that it accepts. The output reads another one later, and refuses it.
  const ids = ['2', 2];
  const odd = {
    get id() {
      return ids.shift();
    },
  };
  await expect(call(odd)).rejects.toThrow('Output validation failed');
  expect(events.discarded()).toMatchObject([{ event: { payload: { id: '2' } }, reason: 'failed' }]);
  expect(contexts).toHaveLength(1);

  const anonymous = t.router({ signUp }).createCaller({ req: { headers: {} } });
  await expect(anonymous.signUp({ email: 'ada@example.org' } as never)).rejects.toThrow('UNAUTHORIZED');
  expect(events.dispatched()).toHaveLength(2);
  await bus.close();
});

it.each([
  { ok: true, handled: ['ctx.dispatch', 'e.dispatch'] },
  { ok: false, handled: ['e.dispatch'] },
])(
  'After a call (ok: $ok), a late ctx.dispatch obeys its outcome, and a late e.dispatch is handled.',
  async ({ ok, handled }) => {
    const seen: string[] = [];
    const router = e.router().on('order.viewed', ({ event }) => void seen.push(event.payload.id));
    await using bus = e.bus({ handlers: [router] });
    const failing = t.middleware(async ({ next }) => {
      const result = await next();
      if (!ok) throw new Error('no');
      return result;
    });
    // The timers are real, because fake ones run in the async context of the test. An inner middleware fails the call.
    const code = late
      .replace('1000', '10')
      .replace('.use(bus.middleware())', '.use(bus.middleware()).use(failing)')
      .replace(/(ctx|e)(\.dispatch\('order.viewed', { id: ')1/g, '$1$2$1.dispatch');
    const later = (await runBlock(code, { t, bus, e, failing }, 'later')) as ReturnType<
      typeof t.procedure.mutation
    >;
    const call = t.router({ later }).createCaller({}).later(undefined);
    if (ok) await call;
    else await expect(call).rejects.toThrow('no');
    expect(seen).toEqual([]);
    await vi.waitFor(() => expect(seen).toEqual(handled), 10_000);
  },
);
