import { withEvents } from 'trpc-events/next';
import { z } from 'zod';
import { bus } from '../../../server/bus.ts';
import { requestContext } from '../../../server/context.ts';
import { e } from '../../../server/events.ts';

const payment = z.object({ order: z.string(), cents: z.int() });

// #region route
export const POST = withEvents(
  bus,
  async (request: Request) => {
    e.dispatch('order.paid', payment.parse(await request.json()));
    return Response.json({ received: true });
  },
  { path: 'POST /api/payments', context: requestContext },
);
// #endregion
