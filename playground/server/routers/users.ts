import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const credentials = z.object({ email: z.email(), password: z.string() });
const person = z.object({ name: z.string().min(1), email: z.email() });

export const users = router({
  // #region sign-up
  signUp: procedure.input(person).mutation(({ ctx, input }) => {
    const user = { id: ctx.store.newId('user'), ...input };
    ctx.dispatch('user.created', user); // kept until this call succeeds
    ctx.store.addUser(user);
    return { id: user.id };
  }),
  // #endregion

  // #region log-in
  logIn: procedure.input(credentials).mutation(({ ctx, input: { email, password } }) => {
    ctx.dispatch('login.failed', { email, from: 'Berlin' }, { when: 'failure' }); // dropped if this call succeeds
    if (password !== 'tea') throw new TRPCError({ code: 'UNAUTHORIZED', message: 'The password is wrong.' });
  }),
  // #endregion
});
