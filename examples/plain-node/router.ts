import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Context, makeBus } from './listeners.ts';

export function makeRouter(bus: ReturnType<typeof makeBus>) {
  const t = initTRPC.context<Context>().create();
  const procedure = t.procedure.use(bus.middleware());
  const emails = new Set<string>();

  return t.router({
    signUp: procedure.input(z.object({ email: z.email() })).mutation(({ ctx, input }) => {
      const id = `u${emails.size + 1}`;
      ctx.dispatch('user.created', { id, email: input.email });
      // A call that fails drops what it has dispatched.
      if (emails.has(input.email)) throw new TRPCError({ code: 'CONFLICT', message: 'This email is taken.' });
      emails.add(input.email);
      return { id };
    }),
  });
}
