import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const order = z.object({ item: z.string(), quantity: z.int() });
const payment = z.object({ order: z.string(), cents: z.int() });
const customer = z.object({ email: z.email() });

export const orders = router({
  // #region place
  place: procedure.input(order).mutation(({ ctx, input }) => {
    const id = ctx.store.newId('order');
    ctx.dispatch('order.placed', { id, ...input });
    ctx.store.takeFromStock(input.item, input.quantity); // may throw
    return { id };
  }),
  // #endregion

  // #region invoice
  requestInvoice: procedure.input(customer).mutation(({ ctx, input }) => {
    const order = ctx.store.newId('order');
    ctx.dispatch('invoice.requested', { order, email: input.email });
    return { order };
  }),
  // #endregion

  // #region cancel
  cancel: procedure.input(payment).mutation(({ ctx, input }) => {
    ctx.dispatch('order.cancelled', input);
  }),
  // #endregion

  requestReceipt: procedure.input(customer).mutation(({ ctx, input }) => {
    const order = ctx.store.newId('order');
    ctx.dispatch('receipt.requested', { order, email: input.email });
    return { order };
  }),

  charge: procedure.input(payment).mutation(({ ctx, input }) => {
    ctx.dispatch('payment.due', input);
  }),
});
