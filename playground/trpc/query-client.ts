import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query';
import { deserialize, serialize } from 'superjson';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Data that came with the page is not fetched again right away.
      queries: { staleTime: 30_000 },
      dehydrate: {
        serializeData: serialize,
        shouldDehydrateQuery: (query) =>
          defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
      hydrate: { deserializeData: deserialize },
    },
  });
}
