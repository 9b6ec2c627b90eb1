import { tracked } from '@trpc/server';
import { z } from 'zod';
import { feed } from '../../story/feed.ts';
import { plainProcedure, router } from '../trpc.ts';

const reader = z.object({ visitor: z.string().regex(/^[\da-f]{32}$/), lastEventId: z.string().nullish() });

export const story = router({
  /** What happens in the course of this visitor's clicks, and of nobody else's. */
  follow: plainProcedure.input(reader).subscription(async function* ({ input, signal }) {
    for await (const { id, entry } of feed.follow(input.visitor, { after: input.lastEventId, signal }))
      yield tracked(id, entry);
  }),
});
