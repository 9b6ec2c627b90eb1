import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { procedure, router } from '../trpc.ts';

const list = z.array(z.object({ sku: z.string(), name: z.string() })).max(50);

export const products = router({
  // #region import
  import: procedure.input(list).subscription(async function* ({ ctx, input }) {
    for (const [i, row] of input.entries()) {
      await sleep(120); // reads the row
      ctx.dispatch('product.imported', row); // handled meanwhile
      yield { done: i + 1, of: input.length };
    }
  }),
  // #endregion
});
