import { connect } from 'node:http2';
import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Clients } from '../servers/clients.ts';
import { http2Fetch } from '../servers/http2-fetch.ts';
import { HTTP_ADAPTERS, serve, start, type RunningServer } from '../servers/start.ts';
import { createFetchServer } from './fetch-server.ts';

/** tRPC's adapters on which a platform may offer a `waitUntil`. */
export const ALL_ADAPTERS = [...HTTP_ADAPTERS, 'fetch'] as const;
export type AnyAdapter = (typeof ALL_ADAPTERS)[number];

/** Serves a router through any of these adapters. */
export async function startAny<TRouter extends AnyTRPCRouter>(
  adapter: AnyAdapter,
  router: TRouter,
  createContext: () => any,
): Promise<RunningServer<TRouter>> {
  if (adapter !== 'fetch') return start(adapter, router, { createContext });
  return serve(
    createFetchServer((req) => fetchRequestHandler({ endpoint: '/', router, req, createContext })),
  );
}

/** Makes clients of such a server that runs in another process. */
export function distantClients<TRouter extends AnyTRPCRouter>(
  adapter: AnyAdapter,
  url: string,
): { clients: Clients<TRouter>; close(): void } {
  const session = adapter === 'http2' ? connect(url) : undefined;
  const clients = new Clients<TRouter>({ url, ...(session && { fetch: http2Fetch(session) }) });
  return { clients, close: () => session?.destroy() };
}
