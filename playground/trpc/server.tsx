import 'server-only';

import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { cache, type ReactNode } from 'react';
import { createContext } from '../server/context.ts';
import { appRouter } from '../server/root.ts';
import { createQueryClient } from './query-client.ts';

/** Returns the query client of the current request. */
export const getQueryClient = cache(createQueryClient);

/** Calls procedures from server components, without HTTP. */
export const trpc = createTRPCOptionsProxy({
  router: appRouter,
  ctx: () => createContext(null),
  queryClient: getQueryClient,
});

/** Passes what server components have fetched on to the browser. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
