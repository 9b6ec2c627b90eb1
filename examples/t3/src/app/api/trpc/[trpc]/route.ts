import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { appRouter as router } from '~/server/api/root';
import { createTRPCContext as createContext } from '~/server/api/trpc';

const handler = (req: Request) => fetchRequestHandler({ endpoint: '/api/trpc', req, router, createContext });
export { handler as GET, handler as POST };
