import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  wsLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import type { Fetch } from './http2-fetch.ts';

export type LinkName = 'httpLink' | 'httpBatchLink' | 'httpBatchStreamLink';

/** Real clients of one server. */
export class Clients<TRouter extends AnyTRPCRouter> {
  readonly #url: string;
  readonly #fetch: Fetch | undefined;
  readonly #open = new Set<{ close(): unknown }>();

  constructor({ url, fetch }: { url: string; fetch?: Fetch }) {
    this.#url = url;
    this.#fetch = fetch;
  }

  /** Makes a client. It uses a WebSocket if the server speaks that, or else this link and server-sent events. */
  client(link: LinkName = 'httpLink'): TRPCClient<TRouter> {
    const links = this.#url.startsWith('ws') ? this.#webSocketLinks() : this.#httpLinks(link);
    return createTRPCClient<TRouter>({ links });
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open, (client) => client.close()));
  }

  #webSocketLinks(): TRPCLink<TRouter>[] {
    const client = createWSClient({ url: this.#url, WebSocket: WebSocket as never });
    this.#open.add(client);
    return [wsLink({ client } as never)];
  }

  #httpLinks(name: LinkName): TRPCLink<TRouter>[] {
    const fetch = this.#fetch;
    const options = { url: this.#url, ...(fetch && { fetch }) } as never;
    const links = { httpLink, httpBatchLink, httpBatchStreamLink };
    return [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url: this.#url,
          EventSource,
          ...(fetch && { eventSourceOptions: { fetch } }),
        } as never),
        false: links[name]<TRouter>(options),
      }),
    ];
  }
}
