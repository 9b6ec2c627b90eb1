import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { app } from '../../../../server.js';

const handler = (req) => fetchRequestHandler({ ...app, endpoint: '/api/trpc', req });

export { handler as GET, handler as POST };
