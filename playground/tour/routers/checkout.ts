import { z } from 'zod';
import { createCallerFactory, procedure, router } from '../trpc.ts';
import { orders } from './orders.ts';
import { users } from './users.ts';

const createCaller = createCallerFactory(router({ users, orders }));

const purchase = z.object({ name: z.string(), email: z.email(), item: z.string(), voucher: z.string() });

export const checkout = router({
  /** Makes three calls in one. Their events are handled after this call, and those of a failed one are dropped. */
  asGuest: procedure.input(purchase).mutation(async ({ ctx, input: { name, email, item, voucher } }) => {
    const call = createCaller(ctx);
    await call.users.register({ name, email });
    const { worth } = await call.orders.redeem({ code: voucher }).catch(() => ({ worth: 0 }));
    const { id, total } = await call.orders.place({ item, quantity: 1, email });
    return { id, toPay: total - worth };
  }),
});
