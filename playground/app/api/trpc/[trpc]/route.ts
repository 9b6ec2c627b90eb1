import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createContext } from '../../../../server/context.ts';
import { appRouter } from '../../../../server/root.ts';

const handler = (request: Request) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    // An EventSource sends no headers: tRPC has connection parameters for that.
    createContext: ({ info }) =>
      createContext(info.connectionParams?.click ?? request.headers.get('x-click')),
  });

export { handler as GET, handler as POST };
