import { tracked } from '@trpc/server';
import { z } from 'zod';
import { tell } from '../told.ts';
import { plainProcedure, router } from '../trpc.ts';

const reader = z.object({ visitor: z.string().regex(/^[\da-f]{32}$/), lastEventId: z.string().nullish() });

export const story = router({
  /** Streams what this visitor's clicks cause, and nobody else's. */
  follow: plainProcedure.input(reader).subscription(async function* ({ input, signal }) {
    // A browser that reconnects sends the id of the last entry that it has.
    let last = input.lastEventId ?? 'none';
    for await (const told of tell(input.visitor, { after: last, signal })) {
      if (told.kind === 'entry') last = told.entry.id;
      yield tracked(last, told);
    }
  }),
});
