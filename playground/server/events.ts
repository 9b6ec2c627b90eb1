/** The events of this shop. Procedures, routes and listeners import this file, and it imports none of them. */
import { defineEvents, initEvents } from 'trpc-events';
import { z } from 'zod';
import type { Context } from './context.ts';

const catalog = defineEvents({
  'user.created': z.object({ id: z.string(), name: z.string(), email: z.email() }),
  'order.placed': z.object({ id: z.string(), item: z.string(), quantity: z.int().positive() }),
  'order.packed': z.object({ order: z.string(), worker: z.int() }), // `worker` is a process id
  'order.paid': z.object({ order: z.string(), cents: z.int() }),
  'product.imported': z.object({ sku: z.string(), name: z.string() }),
  'invoice.requested': z.object({ order: z.string(), email: z.email() }),
  'review.added': z.object({ item: z.string(), stars: z.int().min(1).max(5) }),
  'order.cancelled': z.object({ order: z.string(), cents: z.int() }),
  'receipt.requested': z.object({ order: z.string(), email: z.email() }),
  'payment.due': z.object({ order: z.string(), cents: z.int() }),
  'login.failed': z.object({ email: z.email(), from: z.string() }),
  'newsletter.joined': z.object({ email: z.email() }),
  'feedback.sent': z.object({ text: z.string() }),
  'mail.sent': z.object({ to: z.email(), subject: z.string(), at: z.date().default(() => new Date()) }),
});

export const e = initEvents
  .context<Context>()
  .meta(z.object({ click: z.string(), visitor: z.string() })) // travels with each event, and tells whose click caused it
  .create(catalog);
