import { setTimeout as sleep } from 'node:timers/promises';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const person = z.object({ name: z.string().min(1), email: z.email() });

export const users = router({
  register: procedure.input(person).mutation(({ ctx, input }) => {
    const user = { id: ctx.db.newId('u'), ...input };
    // The event is kept until this call succeeds. The throw below drops it.
    ctx.dispatch('user.registered', user);
    const isTaken = [...ctx.db.users.values()].some(({ email }) => email === input.email);
    if (isTaken) throw new TRPCError({ code: 'CONFLICT', message: `${input.email} is registered already.` });
    ctx.db.users.set(user.id, user);
    return { id: user.id };
  }),

  remove: procedure.input(z.object({ id: z.string() })).mutation(({ ctx, input }) => {
    const user = ctx.db.users.get(input.id);
    if (user === undefined) throw new TRPCError({ code: 'NOT_FOUND', message: `No user ${input.id}.` });
    ctx.db.users.delete(user.id);
    ctx.dispatch('user.removed', user);
    return { removed: user.name };
  }),

  uploadPhoto: procedure
    .input(z.object({ userId: z.string(), bytes: z.number() }))
    .mutation(({ ctx, input }) => {
      ctx.dispatch('photo.uploaded', input);
      return { stored: input.bytes };
    }),

  /** Imports people. Each yield counts as a success, so its events are handled while the next row is read. */
  import: procedure.input(z.array(person)).subscription(async function* ({ ctx, input }) {
    for (const [i, row] of input.entries()) {
      await sleep(15);
      const user = { id: ctx.db.newId('u'), ...row };
      ctx.db.users.set(user.id, user);
      ctx.dispatch('user.imported', { ...user, row: i + 1 });
      yield { done: i + 1, of: input.length };
    }
  }),
});
