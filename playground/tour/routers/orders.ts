import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

export const orders = router({
  place: procedure
    .input(z.object({ item: z.string(), quantity: z.int().positive(), email: z.email() }))
    .mutation(({ ctx, input: { item, quantity, email } }) => {
      const { db } = ctx;
      const total = (db.prices.get(item) ?? 0) * quantity;
      const order = { id: db.newId('o'), item, quantity, total, email };
      ctx.dispatch('order.placed', order);
      const left = db.stock.get(item) ?? 0;
      if (left < quantity) {
        const reason = `${left} of ${item} left, ${quantity} wanted`;
        ctx.dispatch('order.rejected', { item, reason }, { when: 'failure' });
        throw new TRPCError({ code: 'CONFLICT', message: reason });
      }
      db.stock.set(item, left - quantity);
      db.orders.set(order.id, order);
      return { id: order.id, total };
    }),

  redeem: procedure.input(z.object({ code: z.string() })).mutation(({ ctx, input: { code } }) => {
    ctx.dispatch('voucher.redeemed', { code });
    const worth = ctx.db.vouchers.get(code);
    if (worth === undefined) throw new TRPCError({ code: 'NOT_FOUND', message: `No voucher ${code}.` });
    return { worth };
  }),
});
