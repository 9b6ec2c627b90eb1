import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

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
});
