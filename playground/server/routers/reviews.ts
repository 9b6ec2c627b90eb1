import { inline } from 'trpc-events';
import { z } from 'zod';
import { bus } from '../bus.ts';
import { plainProcedure, router } from '../trpc.ts';

export const reviews = router({
  /** The rating that the listener `updateRating` has worked out. */
  rating: plainProcedure.query(({ ctx }) => ctx.store.rating),

  // This procedure has its own middleware of the bus, so it starts from one without it.
  add: plainProcedure
    .input(z.object({ stars: z.int().min(1).max(5) }))
    // #region wait
    .use(bus.middleware({ defer: inline() })) // the caller waits
    .mutation(({ ctx, input }) => {
      ctx.store.addReview(input.stars);
      ctx.dispatch('review.added', { item: 'teapot', stars: input.stars });
    }),
  // #endregion
});
