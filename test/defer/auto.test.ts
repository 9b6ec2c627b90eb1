import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, test } from 'vitest';
import { auto } from '../../src/index.ts';
import { ADAPTERS, HTTP_ADAPTERS, serve, start, type ContextSource } from '../servers/start.ts';
import { makeApp, t, type AppOptions, eventually } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

function makeRouter(options?: AppOptions) {
  const app = makeApp(options);
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')),
    plain: app.procedure.mutation(() => 'no event'),
  });
  return { ...app, router, createCaller: t.createCallerFactory(router) };
}

test.each(HTTP_ADAPTERS)('on %s, the flush starts once the response has closed', async (adapter) => {
  const states: (boolean | undefined)[] = [];
  let response: ServerResponse | undefined;
  await using app = makeRouter({
    listener: () => void states.push(response!.writableEnded, response!.destroyed || response!.closed),
  });
  await using server = await start(adapter, app.router, {
    createContext({ res }: ContextSource) {
      response = ((res as { raw?: unknown }).raw ?? res) as ServerResponse;
      // The response is not on ctx, so auto() must find it.
      return {};
    },
  });
  for (let i = 0; i < 2; i++) await server.client().note.mutate();
  await eventually(() => expect(app.handled).toHaveLength(2));
  // An HTTP/2 response does not say that it is closed, but its stream does.
  const closed = adapter === 'http2' ? undefined : true;
  expect(states).toEqual([true, closed, true, closed]);
});

test('over a WebSocket, the flush starts on a timer, although ctx.res is the socket, which stays open', async () => {
  await using app = makeRouter();
  await using server = await start('ws', app.router, { createContext: ({ res }) => ({ res }) });
  await server.client().note.mutate();
  await eventually(() => expect(app.handled).toEqual(['note']));
});

test('in the fetch adapter, the flush starts on a timer, after the response', async () => {
  await using app = makeRouter();
  const response = await fetchRequestHandler({
    endpoint: '/',
    router: app.router,
    req: new Request('http://localhost/note', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    }),
    createContext: () => ({}),
  });
  expect(response.status).toBe(200);
  expect(app.handled).toEqual([]);
  await eventually(() => expect(app.handled).toEqual(['note']));
});

test('for a direct caller, the flush is inline', async () => {
  await using app = makeRouter({ listener: () => new Promise((resolve) => setTimeout(resolve, 5)) });
  await app.createCaller({}).note();
  expect(app.handled).toEqual(['note']);
  await app.bus.drain({ timeout: 0 });
});

test('for a direct caller with a signal, the flush starts on a timer', async () => {
  await using app = makeRouter();
  await app.createCaller({}, { signal: new AbortController().signal }).note();
  expect(app.handled).toEqual([]);
  await eventually(() => expect(app.handled).toEqual(['note']));
});

test('for a direct caller within an HTTP request, the flush waits for the response of that request', async () => {
  await using app = makeRouter();
  const seen: unknown[] = [];
  const server = createServer(async (_, response) => {
    await app.createCaller({}).note();
    seen.push([...app.handled]);
    response.end('body');
  });
  await using running = await serve(server);
  await (await fetch(running.url)).text();
  await eventually(() => expect(app.handled).toEqual(['note']));
  expect(seen).toEqual([[]]);
});

test('for a direct caller in a timer that a request left behind, the flush is inline', async () => {
  await using app = makeRouter();
  const done = gate<string[]>();
  const server = createServer((_, response) => {
    response.end('body');
    void once(response, 'close').then(() =>
      setTimeout(async () => {
        await app.createCaller({}).note();
        done.open([...app.handled]);
      }, 1),
    );
  });
  await using running = await serve(server);
  await (await fetch(running.url)).text();
  expect(await done.promise).toEqual(['note']);
});

test.each([
  ['ctx', ({ res }: ContextSource) => ({ res })],
  ['nowhere', () => ({})],
])(
  'behind a middleware that calls next() at the end of the body, with the response on %s, each event is handled once',
  async (_, createContext) => {
    await using app = makeRouter();
    await using server = await start('express', app.router, {
      createContext,
      before: [
        (request, __, next) => {
          request.resume().on('end', () => {
            request.body = {};
            next();
          });
        },
      ],
    });
    await server.client().note.mutate();
    await eventually(() => expect(app.handled).toEqual(['note']));
    await app.bus.drain();
    expect(app.handled).toEqual(['note']);
  },
);

test('the flush waits no longer than maxWait for a response that stays open', async () => {
  await using app = makeRouter({ defer: auto({ maxWait: 20 }) });
  const server = createServer(async (_, response) => {
    await app.createCaller({}).note();
    await eventually(() => expect(app.handled).toEqual(['note']));
    response.end('handled first');
  });
  await using running = await serve(server);
  expect(await (await fetch(running.url)).text()).toBe('handled first');
});

test.each(ADAPTERS)(
  'on %s, a call that dispatched nothing leaves drain nothing to wait for',
  async (adapter) => {
    await using app = makeRouter();
    await using server = await start(adapter, app.router);
    await server.client().plain.mutate();
    await app.bus.drain({ timeout: 0 });
  },
);

test.each([{ maxWait: -1 }, { maxWait: '1' }, { maxwait: 1 }, null, 5])('auto(%j) is refused', (options) => {
  expect(() => auto(options as never)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
