import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createContext } from '../../../../server/context.ts';
import { appRouter } from '../../../../server/root.ts';

const handler = (request: Request) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    // An EventSource can't send headers, so a subscription passes the click as a connection parameter.
    createContext: ({ info }) =>
      createContext(info.connectionParams?.click ?? request.headers.get('x-click')),
  });

export { handler as GET, handler as POST };
