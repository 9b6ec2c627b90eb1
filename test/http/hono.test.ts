import { getRequestListener } from '@hono/node-server';
import { createServer } from 'node:http';
import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { streamSSE } from 'hono/streaming';
import { expect, test } from 'vitest';
import { withEvents } from '../../src/index.ts';
import { serve } from '../servers/start.ts';
import { later, makeApp } from './app.ts';

const fail = (error: Error): never => {
  throw error;
};

test.for<[string, (c: Context) => Response | Promise<Response>, number, boolean]>([
  ['answers', (c) => c.json({ n: 1 }), 200, true],
  ['redirects', (c) => c.redirect('/b'), 302, true],
  ['answers with 400', (c) => c.text('no', 400), 400, false],
  ['finds nothing', (c) => c.notFound(), 404, false],
  ['throws', () => fail(new Error('wrong')), 500, false],
  ['throws an HTTPException', () => fail(new HTTPException(409)), 409, false],
  ['is async and answers', async (c) => (await later(), c.body(null, 204)), 204, true],
  ['is async and rejects', async () => (await later(), fail(new HTTPException(401))), 401, false],
])('a route that %s, on @hono/node-server', async ([_name, handler, status, isKept]) => {
  const app = makeApp();
  {
    const hono = new Hono();
    hono.onError(
      (error) => new Response(null, { status: error instanceof HTTPException ? error.status : 500 }),
    );
    hono.get(
      '/',
      withEvents(app.bus, (c) => {
        app.note('a');
        return handler(c);
      }),
    );
    const listener = getRequestListener(hono.fetch);
    await using server = await serve(
      createServer((request, response) => {
        app.watch(response);
        void listener(request, response);
      }),
    );
    expect((await fetch(server.url, { redirect: 'manual' })).status).toBe(status);
    await app.seen(1);
  }
  await app.end();
  expect([app.handled, app.dropped]).toEqual(isKept ? [['a'], []] : [[], ['a']]);
  expect(app.closedBefore).toEqual(isKept ? [true] : []);
  expect(app.errors).toEqual([]);
});

test('a middleware is judged by what the routes after it answer, and its scope is theirs', async () => {
  const app = makeApp();
  const hono = new Hono();
  hono.onError(() => new Response(null, { status: 500 }));
  hono.use(
    withEvents(app.bus, async (c, next) => {
      app.note(`before ${c.req.path}`);
      await next();
    }),
  );
  hono.get('/fine', async (c) => {
    await later();
    app.note('in /fine');
    return c.json(1);
  });
  hono.get('/bad', () => fail(new Error('wrong')));
  const statuses = [];
  for (const path of ['/fine', '/bad', '/none']) statuses.push((await hono.request(path)).status);
  await app.end();
  expect(statuses).toEqual([200, 500, 404]);
  expect(app.handled).toEqual(['before /fine', 'in /fine']);
  expect(app.dropped).toEqual(['before /bad', 'before /none']);
});

test('outside of Node servers, the signal of the request makes the flush wait for a timer', async () => {
  const app = makeApp();
  const hono = new Hono().get(
    '/',
    withEvents(app.bus, (c) => {
      app.note('a');
      return c.json(1);
    }),
  );
  await hono.request('/');
  expect(app.handled).toEqual([]);
  await expect.poll(() => app.handled, { timeout: 20_000 }).toEqual(['a']);
});

test('a stream has succeeded when it is returned, and what it dispatches later is flushed at once', async () => {
  const app = makeApp();
  const hono = new Hono().get(
    '/',
    withEvents(app.bus, (c) =>
      streamSSE(c, async (stream) => {
        app.note('early');
        await stream.writeSSE({ data: '1' });
        await later();
        app.note('late');
      }),
    ),
  );
  const response = await hono.request('/');
  expect(await response.text()).toContain('data: 1');
  await app.end();
  expect(app.handled.sort()).toEqual(['early', 'late']);
});
