import { createServer, request as requestOf } from 'node:http';
import { Readable } from 'node:stream';
import compression from 'compression';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { expect, test } from 'vitest';
import { withEvents } from '../../src/index.ts';
import { serve } from '../servers/start.ts';
import { later, makeApp, type App } from './app.ts';

/** Serves an express application whose last middleware answers errors with their status. */
async function start(app: App, build: (server: Express) => void) {
  const server = express();
  server.disable('x-powered-by');
  build(server);
  server.use((error: { status?: number }, _req: Request, res: Response, _next: NextFunction) => {
    res.status(error.status ?? 500).end('failed');
  });
  const running = await serve(createServer(server));
  return {
    get: async (path = '/') => {
      const response = await fetch(running.url + path, { redirect: 'manual' });
      await response.text().catch(() => {}); // an error after the answer cuts it off
      return response.status;
    },
    url: running.url,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await app.end();
    },
  };
}

const wrong = (status?: number) => Object.assign(new Error('wrong'), { status });
type Handler = (req: Request, res: Response, next: NextFunction) => unknown;

test.for<[string, Handler, number, boolean]>([
  ['answers at once', (_req, res) => void res.json(1), 200, true],
  ['returns its response', (_req, res) => res.status(201).json(1), 201, true],
  ['redirects', (_req, res) => res.redirect('/b'), 302, true],
  ['answers with 400 at once', (_req, res) => void res.status(400).end(), 400, false],
  ['answers in a timer', (_req, res) => void setTimeout(() => res.json(1), 5), 200, true],
  [
    'returns the timer in which it answers',
    (_req, res) => setTimeout(() => res.sendStatus(503), 5),
    503,
    false,
  ],
  ['answers with 404 in a timer', (_req, res) => void setTimeout(() => res.sendStatus(404), 5), 404, false],
  [
    'throws',
    () => {
      throw wrong();
    },
    500,
    false,
  ],
  [
    'throws, and error middleware redirects',
    () => {
      throw wrong(302);
    },
    302,
    false,
  ],
  ['calls next with an error', (_req, _res, next) => next(wrong()), 500, false],
  [
    'calls next with an error in a timer',
    (_req, _res, next) => void setTimeout(() => next(wrong()), 5),
    500,
    false,
  ],
  ['calls next with an error to which the answer is 200', (_req, _res, next) => next(wrong(200)), 200, true],
  ['calls next, and no route matches', (_req, _res, next) => next(), 404, false],
  [
    'is async and answers',
    async (_req, res) => {
      await later();
      res.json(1);
    },
    200,
    true,
  ],
  [
    'is async and answers with 409',
    async (_req, res) => {
      await later();
      res.sendStatus(409);
    },
    409,
    false,
  ],
  [
    'is async and rejects',
    async () => {
      await later();
      throw wrong();
    },
    500,
    false,
  ],
  [
    'is async and rejects after its answer',
    async (_req, res) => {
      res.json(1);
      await later();
      throw wrong();
    },
    200,
    false,
  ],
  [
    'is async and calls next with an error',
    async (_req, _res, next) => {
      await later();
      next(wrong(422));
    },
    422,
    false,
  ],
  [
    'is async and answers after it has resolved',
    async (_req, res) => void setTimeout(() => res.sendStatus(500), 5),
    500,
    false,
  ],
  ['streams', (_req, res) => void Readable.from(['a', 'b']).pipe(res), 200, true],
])('a route that %s', async ([_name, handler, status, isKept]) => {
  const app = makeApp();
  {
    await using server = await start(app, (server) =>
      server.get(
        '/',
        withEvents(app.bus, (req: Request, res: Response, next: NextFunction) => {
          app.note('a');
          app.watch(res);
          return handler(req, res, next);
        }),
      ),
    );
    expect(await server.get()).toBe(status);
    await app.seen(1);
  }
  expect([app.handled, app.dropped]).toEqual(isKept ? [['a'], []] : [[], ['a']]);
  expect(app.closedBefore).toEqual(isKept ? [true] : []);
  expect(app.errors).toEqual([]);
});

test('a middleware that goes on is judged by what the routes after it answer, and its scope is theirs', async () => {
  const app = makeApp();
  {
    await using server = await start(app, (server) => {
      server.use(
        withEvents(app.bus, (req, _res, next) => {
          app.note(`before ${req.url}`);
          next();
        }),
      );
      server.get('/fine', async (_req, res) => {
        await later();
        app.note('in /fine');
        res.end();
      });
      server.get('/bad', async () => {
        await later();
        app.note('in /bad');
        throw wrong();
      });
    });
    expect([await server.get('/fine'), await server.get('/bad')]).toEqual([200, 500]);
  }
  expect(app.handled).toEqual(['before /fine', 'in /fine']);
  expect(app.dropped).toEqual(['before /bad', 'in /bad']);
  expect(app.causes).toEqual(['The response has status 500.']);
});

test('of handlers within one another, the inner one settles first, so that there is one flush in order', async () => {
  const app = makeApp();
  const flushes: number[] = [];
  app.bus.observe({
    name: 'flushes',
    wrapFlush: async ({ events }, run) => {
      flushes.push(events.length);
      await run();
    },
  });
  {
    await using server = await start(app, (server) => {
      server.use(
        withEvents(app.bus, (_req, _res, next) => {
          app.note('outer');
          next();
        }),
      );
      server.get(
        '/',
        withEvents(app.bus, (_req, res) => {
          app.note('inner');
          setTimeout(() => res.end(), 5);
        }),
      );
    });
    await server.get();
  }
  expect([app.handled, flushes]).toEqual([['outer', 'inner'], [2]]);
});

test('error middleware is still recognized, and judged by its own answer', async () => {
  const app = makeApp();
  {
    await using server = await start(app, (server) => {
      server.get('/:status', () => {
        throw wrong();
      });
      server.use(
        withEvents(app.bus, (error: Error, req: Request, res: Response, _next: NextFunction) => {
          app.note(`${error.message} ${req.url}`);
          setTimeout(() => res.sendStatus(Number(req.url.slice(1))), 5);
        }),
      );
    });
    expect([await server.get('/200'), await server.get('/500')]).toEqual([200, 500]);
  }
  expect([app.handled, app.dropped]).toEqual([['wrong /200'], ['wrong /500']]);
});

test('a body that is compressed has begun, so that its status decides at once', async () => {
  const app = makeApp();
  {
    await using server = await start(app, (server) => {
      server.use(compression({ threshold: 0 }));
      server.get(
        '/',
        withEvents(app.bus, (_req, res) => {
          app.note('a');
          app.watch(res);
          res.json('x'.repeat(100_000));
        }),
      );
    });
    expect(await server.get()).toBe(200);
    await app.seen(1);
  }
  expect([app.handled, app.closedBefore]).toEqual([['a'], [true]]);
});

test('what a stream dispatches after its headers is flushed at once, while it goes on', async () => {
  const app = makeApp();
  await using server = await start(app, (server) =>
    server.get(
      '/',
      withEvents(app.bus, (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(': begun\n\n');
        setTimeout(() => app.note('late'), 5);
      }),
    ),
  );
  const client = requestOf(server.url).end();
  client.on('error', () => {});
  await expect.poll(() => app.handled, { timeout: 20_000 }).toEqual(['late']);
  client.destroy();
});

test('context gets the arguments, and may be asynchronous; if it rejects, express answers', async () => {
  const app = makeApp();
  {
    await using server = await start(app, (server) => {
      const note = (_req: Request, res: Response) => {
        app.note('a');
        res.end();
      };
      server.get(
        '/sync',
        withEvents(app.bus, note, { context: (req) => ({ user: `of ${req.url}` }), path: 'GET' }),
      );
      server.get(
        '/async',
        withEvents(app.bus, note, { context: async (req) => ({ user: `of ${req.url}` }) }),
      );
      server.get(
        '/throws',
        withEvents(app.bus, note, {
          context: () => {
            throw wrong(401);
          },
        }),
      );
      server.get(
        '/rejects',
        withEvents(app.bus, note, {
          context: async () => {
            throw wrong(401);
          },
        }),
      );
    });
    const statuses = [];
    for (const path of ['/sync', '/async', '/throws', '/rejects']) statuses.push(await server.get(path));
    expect(statuses).toEqual([200, 200, 401, 401]);
  }
  expect(app.handled).toEqual(['a of /sync GET', 'a of /async']);
});
