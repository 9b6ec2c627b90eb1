import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server as AnyServer } from 'node:net';
import type { AnyTRPCRouter } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { createHTTP2Handler, createHTTPServer } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import fastify from 'fastify';
import { WebSocketServer } from 'ws';
import { Clients } from './clients.ts';
import { http2Fetch } from './http2-fetch.ts';

export const HTTP_ADAPTERS = ['standalone', 'http2', 'express', 'express with gzip', 'fastify'] as const;
export const ADAPTERS = [...HTTP_ADAPTERS, 'ws'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** Arguments that every adapter passes to `createContext`. Over a WebSocket, `res` is the socket. */
export interface ContextSource {
  readonly req: unknown;
  readonly res: unknown;
}
export type CreateContext = (source: ContextSource) => any;

export interface StartOptions {
  readonly createContext?: CreateContext;
  /** Handlers that run before tRPC, on express only. */
  readonly before?: readonly RequestHandler[];
}

/** A real server on a free port, and real clients of it. */
export interface RunningServer<TRouter extends AnyTRPCRouter> extends Clients<TRouter>, AsyncDisposable {
  readonly url: string;
}

/**
 * Serves a router, until it is disposed of.
 *
 * @example
 * await using server = await start('express', router, { createContext: ({ res }) => ({ res }) });
 * await server.client('httpBatchLink').user.create.mutate({ id: '1' });
 */
export async function start<TRouter extends AnyTRPCRouter>(
  adapter: Adapter,
  router: TRouter,
  { createContext = () => ({}), before = [] }: StartOptions = {},
): Promise<RunningServer<TRouter>> {
  const options: Options = { router, createContext };
  if (adapter === 'standalone') return serve(createHTTPServer(options));
  if (adapter === 'http2') return serveHttp2(options);
  if (adapter === 'fastify') return serveFastify(options);
  if (adapter === 'ws') return serveWebSocket(options);
  const app = express();
  if (adapter === 'express with gzip') app.use(compression({ threshold: 0 }));
  for (const handler of before) app.use(handler);
  app.use('/', createExpressMiddleware(options));
  return serve(createServer(app));
}

type Options = { router: AnyTRPCRouter; createContext: CreateContext };

/** Serves like `start`, but with a Node server that the test made itself. */
export async function serve<TRouter extends AnyTRPCRouter>(server: Server): Promise<RunningServer<TRouter>> {
  const url = await listen(server);
  return running(url, new Clients<TRouter>({ url }), () => {
    server.closeAllConnections();
    return close(server);
  });
}

async function serveFastify<TRouter extends AnyTRPCRouter>(
  trpcOptions: Options,
): Promise<RunningServer<TRouter>> {
  const app = fastify({ routerOptions: { maxParamLength: 5000 }, forceCloseConnections: true });
  await app.register(fastifyTRPCPlugin, { prefix: '/', trpcOptions });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = urlOf(app.server);
  return running(url, new Clients<TRouter>({ url }), () => app.close());
}

async function serveHttp2<TRouter extends AnyTRPCRouter>(options: Options): Promise<RunningServer<TRouter>> {
  const handler = createHTTP2Handler(options as never);
  const server = createHttp2Server((request, response) => {
    // tRPC sets these headers for streams. HTTP/2 knows no such headers: with them the response is never written.
    const setHeader = response.setHeader.bind(response);
    response.setHeader = (name, value) => {
      if (!/^(connection|transfer-encoding)$/i.test(name)) setHeader(name, value);
    };
    handler(request, response);
  });
  const url = await listen(server);
  const session = connect(url);
  return running(url, new Clients<TRouter>({ url, fetch: http2Fetch(session) }), () => {
    session.destroy();
    return close(server);
  });
}

async function serveWebSocket<TRouter extends AnyTRPCRouter>(
  options: Options,
): Promise<RunningServer<TRouter>> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss: server, ...options });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}`;
  return running(url, new Clients<TRouter>({ url }), async () => {
    for (const client of server.clients) client.terminate();
    server.close();
    await once(server, 'close');
  });
}

function running<TRouter extends AnyTRPCRouter>(
  url: string,
  clients: Clients<TRouter>,
  stop: () => Promise<unknown>,
): RunningServer<TRouter> {
  return Object.assign(clients, {
    url,
    async [Symbol.asyncDispose]() {
      await clients.close();
      await stop();
    },
  });
}

async function listen(server: AnyServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return urlOf(server);
}

function urlOf(server: AnyServer): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: AnyServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
