/** The events of this shop. Procedures and listeners import this file, and it imports none of them. */
import { z } from 'zod';
import { defineEvents, initEvents } from '../../src/index.ts'; // 'trpc-events' in your project
import type { Context } from './context.ts';

const email = z.email();

const catalog = defineEvents({
  'user.registered': z.object({ id: z.string(), name: z.string(), email }),
  'user.imported': z.object({ id: z.string(), email, row: z.number() }),
  'user.removed': z.object({ id: z.string(), email }),
  'photo.uploaded': z.object({ userId: z.string(), bytes: z.number() }),
  'order.placed': z.object({ id: z.string(), total: z.number(), email }),
  'order.rejected': z.object({ item: z.string(), reason: z.string() }),
  'voucher.redeemed': z.object({ code: z.string() }),
  'invoice.created': z.object({ orderId: z.string(), total: z.number(), email }),
  'mail.sent': z.object({ to: email, subject: z.string(), at: z.date().default(() => new Date()) }),
});

export const e = initEvents
  .context<Context>()
  .meta(z.object({ actor: z.string() }))
  .create(catalog);
