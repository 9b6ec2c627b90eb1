import { defineEvents } from 'trpc-events';
import { z } from 'zod';

export const events = defineEvents({
  'user.created': z.object({ id: z.string(), email: z.email() }),
  'user.deleted': z.object({ id: z.string() }),
  'mail.sent': z.object({ to: z.email() }),
});
