/** Tests code before tRPC that continues in a callback without the AsyncLocalStorage of its request, or with another's. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import fastify from 'fastify';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { afterEach, describe, expect, test } from 'vitest';
import { Clients } from '../servers/clients.ts';
import { serve, type CreateContext } from '../servers/start.ts';
import { eventually, makeApp, t } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

/** A pool that calls back from a timer of its own, with the storage of the code that started the timer. */
class Pool {
  readonly #waiting: (() => void)[] = [];
  readonly #timer = setInterval(() => {
    for (const callBack of this.#waiting.splice(0)) callBack();
  }, 1);

  run(callBack: () => void): void {
    this.#waiting.push(callBack);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
const pools: Pool[] = [];
const makePool = () => {
  const pool = new Pool();
  pools.push(pool);
  return pool;
};
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

/** Records whether the response had left when its listener ran. */
function makeRouter() {
  const hadLeft: boolean[] = [];
  const latest: { response?: ServerResponse | undefined } = {};
  const app = makeApp({ listener: () => void hadLeft.push(latest.response!.closed) });
  const note = app.procedure.mutation(({ ctx }) => {
    ctx.dispatch('noted', 'note');
    return 'x'.repeat(100_000);
  });
  return { ...app, hadLeft, latest, router: t.router({ note }) };
}

/** Reads the body as an old body parser does, and calls `next` in an event of the request. */
const readBody: RequestHandler = (req, _, next) => {
  let text = '';
  req.on('data', (chunk) => (text += String(chunk)));
  req.on('end', () => {
    req.body = text === '' ? undefined : (JSON.parse(text) as unknown);
    next();
  });
};
/** Sends the body after the server has begun to handle the request. If it came with the headers, nothing would be lost. */
async function postInParts(url: string, latest: { response?: ServerResponse | undefined }): Promise<void> {
  latest.response = undefined;
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
  const call = request(`${url}/note`, { method: 'POST', headers });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  call.flushHeaders();
  await eventually(() => expect(latest.response).toBeDefined());
  call.end('{}');
  const [answer] = await answered;
  expect(answer.statusCode).toBe(200);
  await once(answer.resume(), 'end');
}

const throughPool = (pool: Pool): RequestHandler => {
  return (_, __, next) => pool.run(next);
};
const CONTEXTS: [string, CreateContext][] = [
  ['request', ({ req }) => ({ req })],
  ['response', ({ res }) => ({ res })],
];

describe.each(CONTEXTS)('with the %s on ctx', (_, createContext) => {
  test.each([
    ['a body reader', () => [readBody]],
    ['a pool', () => [throughPool(makePool())]],
    ['both', () => [readBody, throughPool(makePool())]],
  ])('on express with gzip, behind %s, the flush waits for the response', async (_, makeBefore) => {
    await using app = makeRouter();
    const server = express().use(compression({ threshold: 0 }));
    server.use((_, response, next) => {
      app.latest.response = response;
      next();
    });
    for (const handler of makeBefore()) server.use(handler);
    server.use('/', createExpressMiddleware({ router: app.router, createContext: createContext as never }));
    await using running = await serve<typeof app.router>(createServer(server));
    for (let calls = 1; calls <= 3; calls++) {
      await postInParts(running.url, app.latest);
      await eventually(() => expect(app.hadLeft).toHaveLength(calls));
    }
    expect(app.hadLeft).toEqual([true, true, true]);
  });

  test('on fastify, behind a pool, the flush waits for the response', async () => {
    await using app = makeRouter();
    const pool = makePool();
    const server = fastify({ routerOptions: { maxParamLength: 5000 }, forceCloseConnections: true });
    server.addHook('preHandler', (_, reply, done) => {
      app.latest.response = reply.raw;
      pool.run(done);
    });
    // Compressing a body takes time, too.
    server.addHook('onSend', (_, __, payload, done) => void setTimeout(() => done(null, payload), 20));
    await server.register(fastifyTRPCPlugin, {
      prefix: '/',
      trpcOptions: { router: app.router, createContext: createContext as never },
    });
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    await using clients = Object.assign(new Clients<typeof app.router>({ url }), {
      [Symbol.asyncDispose]: () => server.close(),
    });
    for (let i = 0; i < 3; i++) await clients.client().note.mutate();
    await eventually(() => expect(app.hadLeft).toEqual([true, true, true]));
  });

  test('behind a pool that another request has started, the flush does not wait for the response of that one', async () => {
    await using app = makeRouter();
    const handle = createHTTPHandler({ router: app.router, createContext: createContext as never });
    const goOn = gate();
    let pool: Pool | undefined;
    const server = createServer((request: IncomingMessage, response) => {
      if (pool === undefined) {
        pool = makePool();
        void goOn.promise.then(() => response.end());
      } else {
        app.latest.response = response;
        pool.run(() => handle(request, response));
      }
    });
    await using running = await serve<typeof app.router>(server);
    const first = fetch(running.url);
    await eventually(() => expect(pool).toBeDefined());
    await running.client().note.mutate();
    await eventually(() => expect(app.hadLeft).toEqual([true]));
    goOn.open();
    await (await first).text();
  });
});

test('with neither on ctx, behind a pool, each event is handled once', async () => {
  await using app = makeRouter();
  const pool = makePool();
  const handle = createHTTPHandler({ router: app.router, createContext: () => ({}) });
  await using running = await serve<typeof app.router>(
    createServer((request, response) => {
      app.latest.response = response;
      pool.run(() => handle(request, response));
    }),
  );
  await running.client().note.mutate();
  await eventually(() => expect(app.handled).toEqual(['note']));
  await app.bus.drain();
  expect(app.handled).toEqual(['note']);
});

test('a ctx whose members throw when they are read costs no event', async () => {
  await using app = makeRouter();
  // tRPC copies the members of ctx itself, and would fail on a getter that is not on the prototype.
  class Touchy {
    get req(): unknown {
      throw new Error('There is no request here');
    }
  }
  const touchy = new Touchy();
  const handle = createHTTPHandler({ router: app.router, createContext: () => touchy });
  await using running = await serve<typeof app.router>(
    createServer((request, response) => {
      app.latest.response = response;
      handle(request, response);
    }),
  );
  await running.client().note.mutate();
  await eventually(() => expect(app.hadLeft).toEqual([true]));
});
