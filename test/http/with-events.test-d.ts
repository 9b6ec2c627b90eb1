import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import express, {
  type ErrorRequestHandler,
  type Request as Req,
  type RequestHandler,
  type Response as Res,
} from 'express';
import fastify, { type RouteHandlerMethod } from 'fastify';
import { Hono, type MiddlewareHandler } from 'hono';
import { hc } from 'hono/client';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, inline, withEvents } from '../../src/index.ts';

const catalog = defineEvents({ noted: z.string() });
const e = initEvents.context<{ user: string }>().create(catalog);
const bus = e.bus({ handlers: [] });
const strict = initEvents
  .context<{ user: string }>()
  .meta(z.object({ tenant: z.string() }))
  .create(catalog);
const strictBus = strict.bus({ handlers: [], meta: ({ ctx }) => ({ tenant: ctx.user }) });

test('a handler keeps its type', () => {
  const node = (_req: IncomingMessage, res: ServerResponse): void => void res.end();
  expectTypeOf(withEvents(bus, node)).toEqualTypeOf<typeof node>();
  const fetch = async (request: Request, _env: { KEY: string }) => new Response(request.url);
  expectTypeOf(withEvents(bus, fetch)).toEqualTypeOf<typeof fetch>();
  const route: RequestHandler<{ id: string }> = (req, res) => void res.json(req.params.id);
  expectTypeOf(withEvents(bus, route)).toExtend<RequestHandler<{ id: string }>>();
  const errors: ErrorRequestHandler = (_error, _req, res, _next) => void res.end();
  expectTypeOf(withEvents(bus, errors)).toExtend<ErrorRequestHandler>();
  const generic = <V>(values: readonly V[]): Promise<V | undefined> => Promise.resolve(values[0]);
  const wrapped = withEvents(bus, generic);
  expectTypeOf(wrapped(['a'])).toEqualTypeOf<Promise<string | undefined>>();
});

test('a function that returns a value that is no promise returns a promise of it', () => {
  expectTypeOf(withEvents(bus, (request: Request) => new Response(request.url))).toEqualTypeOf<
    (request: Request) => Promise<Response>
  >();
  const either = (request: Request): Response | Promise<Response> => new Response(request.url);
  expectTypeOf(withEvents(bus, either)).toEqualTypeOf<(request: Request) => Promise<Response>>();
  expectTypeOf(withEvents(bus, either)).toExtend<typeof either>();
});

test('express gives an inline handler the types of its route', () => {
  const app = express();
  const note = (id: string) => e.dispatch('noted', id);
  app.get(
    '/:id',
    withEvents(bus, (req, res) => (note(req.params.id), res.json(1))),
  );
  app.get(
    '/:id',
    withEvents(bus, async (req, res) => void res.json(req.params.id), { path: 'GET', defer: inline() }),
  );
  app.get(
    '/:id',
    // @ts-expect-error the route has no such parameter
    withEvents(bus, (req, res) => void res.json(req.params.name)),
  );
  app.use(withEvents(bus, (_req, _res, next) => next()));
  app.use(
    withEvents(bus, (error: Error, _req: Req, res: Res, _next: express.NextFunction) => res.json(error.name)),
  );
  app.use(
    withEvents(bus, (req: Req, res: Res) => void res.json(req.url), {
      context: (req) => ({ user: req.url }),
    }),
  );
  // @ts-expect-error listeners need a user
  app.use(withEvents(bus, (_req: Req, res: Res) => void res.end(), { context: () => ({ usr: 'ann' }) }));
});

test('fastify gives an inline handler the types of its route', () => {
  const server = fastify();
  interface Route {
    Params: { id: string };
    Reply: { ok: boolean };
  }
  server.get<Route>(
    '/:id',
    withEvents(bus, async (request) => ({ ok: request.params.id === '1' })),
  );
  server.get<Route>(
    '/:id',
    withEvents(bus, (_request, reply) => void reply.send({ ok: true })),
  );
  server.get<Route>(
    '/:id',
    // @ts-expect-error the reply has another type
    withEvents(bus, async (request) => ({ ok: request.params.id })),
  );
  const method: RouteHandlerMethod = withEvents(bus, function log(request, reply) {
    this.log.info(request.url);
    void reply.send();
  });
  server.route({ method: 'GET', url: '/', handler: method });
});

test('hono gives an inline handler the types of its route, and its client those of the answer', async () => {
  const app = new Hono()
    .get(
      '/users/:id',
      withEvents(bus, (c) => c.json({ path: c.req.path })),
    )
    .post(
      '/users',
      withEvents(bus, async (c) => c.json({ n: 1 }, 201)),
    );
  const client = hc<typeof app>('http://localhost');
  const got = await client.users[':id'].$get({ param: { id: '1' } });
  expectTypeOf(await got.json()).toEqualTypeOf<{ path: string }>();
  const created = await client.users.$post();
  expectTypeOf(await created.json()).toEqualTypeOf<{ n: number }>();
  const middleware: MiddlewareHandler = withEvents(bus, async (_c, next) => next());
  app.use(middleware);
});

test('a server of Node takes a wrapped handler', () => {
  createServer(withEvents(bus, (_req: IncomingMessage, res: ServerResponse) => void res.end()));
  createServer(withEvents(bus, async (_req: IncomingMessage, res: ServerResponse) => void res.end()));
});

test('meta is required if the schema requires it and there is no context', () => {
  const handler = async (_request: Request) => Response.json(1);
  withEvents(strictBus, handler, { meta: { tenant: 'a' } });
  withEvents(strictBus, handler, { context: (request) => ({ user: request.url }) });
  // @ts-expect-error neither meta nor context is given
  withEvents(strictBus, handler);
  // @ts-expect-error neither meta nor context is given
  withEvents(strictBus, handler, { path: 'a' });
  // @ts-expect-error the tenant is a string
  withEvents(strictBus, handler, { meta: { tenant: 1 } });
});

test('a wrong argument is refused', () => {
  // @ts-expect-error a builder is not a bus
  withEvents(e, async () => {});
  // @ts-expect-error a string is not a function
  withEvents(bus, 'POST');
  // @ts-expect-error the option is called `path`
  withEvents(bus, async () => {}, { name: 'POST' });
});
