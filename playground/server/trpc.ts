import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { bus } from './bus.ts';
import type { Context } from './context.ts';

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
});

export const { router } = t;
/** A procedure that dispatches nothing. */
export const plainProcedure = t.procedure;
/** The base of all other procedures. It adds `ctx.dispatch`. */
export const procedure = t.procedure.use(bus.middleware());
