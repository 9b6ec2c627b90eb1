import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { bus } from '../bus';
import { db } from '../db';

/** Your authentication goes here. This one trusts a header. */
export const createTRPCContext = ({ req }: { req: Request }) => ({ db, user: req.headers.get('x-user') });

const t = initTRPC.context<ReturnType<typeof createTRPCContext>>().create({ transformer: superjson });
export const createTRPCRouter = t.router;
export const publicProcedure = t.procedure.use(bus.middleware());
export const protectedProcedure = t.procedure
  .use(({ ctx, next }) => {
    if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
    return next({ ctx: { user: ctx.user } });
  })
  .use(bus.middleware()); // after the middleware that adds to ctx
