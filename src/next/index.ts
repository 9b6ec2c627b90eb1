/**
 * Events in Next.js outside tRPC: route handlers, server actions and pages/api that dispatch, Next's `after`, and one bus
 * over all copies of a module.
 *
 * @example
 * ```ts
 * import { withEvents } from 'trpc-events/next';
 *
 * export const POST = withEvents(bus, async (request: Request) => {
 *   const order = orderSchema.parse(await request.json());
 *   e.dispatch('order.placed', order);
 *   return Response.json({ id: order.id });
 * });
 * ```
 *
 * @module
 */
import { after } from 'next/server.js';
import { offerAfter } from '../defer/framework.ts';

export { nextAfter } from './next-after.ts';
export type { WithEventsOptions } from '../http/options.ts';
export { sharedBus } from './shared-bus.ts';
export { withEvents, type WithEvents } from './with-events.ts';

offerAfter(after);
