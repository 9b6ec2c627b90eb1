import type { NextApiRequest, NextApiResponse } from 'next';
import { withEvents } from 'trpc-events/next';
import { z } from 'zod';
import { bus } from '../../server/bus.ts';
import { requestContext } from '../../server/context.ts';
import { e } from '../../server/events.ts';

const subscriber = z.object({ email: z.email() });

// #region pages
export default withEvents(
  bus,
  async (req: NextApiRequest, res: NextApiResponse) => {
    e.dispatch('newsletter.joined', subscriber.parse(req.body));
    res.status(200).json({ joined: true });
  },
  { path: 'POST /api/newsletter', context: requestContext },
);
// #endregion
