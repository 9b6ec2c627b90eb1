import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import type { AppRouter } from './router.ts';

export type Client = TRPCClient<AppRouter>;

/** Creates a client of the shop over HTTP. `link` sees each call. */
export function createClient(url: string, link: TRPCLink<AppRouter>): Client {
  return createTRPCClient<AppRouter>({
    links: [
      link,
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, transformer: superjson, EventSource }),
        false: httpBatchLink({ url, transformer: superjson, headers: { 'x-actor': 'playground' } }),
      }),
    ],
  });
}
