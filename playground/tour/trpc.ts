import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { bus } from './bus.ts';
import type { Context } from './context.ts';

const t = initTRPC.context<Context>().create({ transformer: superjson, isDev: false });

export const { router, createCallerFactory } = t;
/** The base of all procedures: it adds `ctx.dispatch`. */
export const procedure = t.procedure.use(bus.middleware());
