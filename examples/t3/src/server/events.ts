import { defineEvents, initEvents } from 'trpc-events';
import { z } from 'zod';
import type { db } from './db';

const events = defineEvents({
  'post.published': z.object({ id: z.number(), title: z.string(), author: z.string() }),
});
export const e = initEvents.context<{ db: typeof db }>().create(events);
