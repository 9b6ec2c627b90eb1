import { checkout } from './routers/checkout.ts';
import { orders } from './routers/orders.ts';
import { users } from './routers/users.ts';
import { procedure, router } from './trpc.ts';

export const appRouter = router({
  users,
  orders,
  checkout,
  outbox: procedure.query(({ ctx }) => ctx.db.outbox),
});
export type AppRouter = typeof appRouter;
