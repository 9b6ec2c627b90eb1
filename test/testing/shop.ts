import { z } from 'zod';
import { initTRPC } from '@trpc/server';
import { defineEvents, initEvents, type BusOptions } from '../../src/index.ts';

export const catalog = defineEvents({
  'user.created': z.object({ id: z.string(), email: z.string().default('none') }),
  'user.deleted': z.object({ id: z.string() }),
  'mail.sent': z.object({ to: z.string() }),
  'order.placed': z.object({ id: z.string(), at: z.date().default(() => new Date(0)) }),
  'cache.cleared': z.void(),
});
export const e = initEvents.create(catalog);
export type App = (typeof e)['~types'];

/** Makes a router with a listener that dispatches, one that fails, and one that does nothing. */
export function shopRouter() {
  const router = e.router();
  router.on(
    'user.created',
    ({ event, ctx }) => {
      ctx.dispatch('mail.sent', { to: event.payload.email });
    },
    { name: 'welcome' },
  );
  router.on('mail.sent', () => Promise.reject(new Error('It fails.')), { name: 'count' });
  router.on('user.*', () => {}, { name: 'audit' });
  return router;
}

/** Makes a bus with that router, which prints neither failures nor unhandled events. */
export const shopBus = (options: Partial<BusOptions<App>> = {}) =>
  e.bus({ handlers: [shopRouter()], onError: () => {}, unhandled: 'ignore', ...options });

const t = initTRPC.create();
/** Makes a caller of two procedures that dispatch: `signUp` succeeds, and `fail` fails. */
export function shopCaller(bus: ReturnType<typeof shopBus>) {
  const procedure = t.procedure.use(bus.middleware());
  const router = t.router({
    signUp: procedure.input(z.string()).mutation(({ ctx, input }) => {
      ctx.dispatch('user.created', { id: input, email: `${input}@example.org` });
    }),
    fail: procedure.input(z.string()).mutation(({ ctx, input }) => {
      ctx.dispatch('user.deleted', { id: input });
      throw new Error('It fails.');
    }),
  });
  return t.createCallerFactory(router)({});
}

/** Calls `signUp` for Ada, and then `fail` for Bob. */
export async function signUpAndFail(bus: ReturnType<typeof shopBus>): Promise<void> {
  const caller = shopCaller(bus);
  await caller.signUp('ada');
  await caller.fail('bob').catch(() => {});
}
