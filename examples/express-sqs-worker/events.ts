import { defineEvents } from 'trpc-events';
import { z } from 'zod';

export const events = defineEvents({
  'order.placed': z.object({ id: z.string(), item: z.string() }),
  'order.shipped': z.object({ id: z.string() }),
});
