import { Readable } from 'node:stream';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { inline, withEvents } from '../../src/index.ts';
import { later, makeApp, type App } from './app.ts';

const wrong = (statusCode = 500) => Object.assign(new Error('wrong'), { statusCode });
type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** Calls a handler over HTTP. Returns the status and the body. */
async function call(app: App, handler: Handler, options: object = {}) {
  const server = fastify({ forceCloseConnections: true });
  server.get(
    '/',
    withEvents(
      app.bus,
      (request: FastifyRequest, reply: FastifyReply) => {
        app.note('a');
        app.watch(reply.raw);
        return handler(request, reply);
      },
      options,
    ),
  );
  try {
    const response = await fetch(await server.listen({ port: 0, host: '127.0.0.1' }), { redirect: 'manual' });
    const text = await response.text();
    await app.seen(1);
    return [response.status, text] as const;
  } finally {
    await server.close();
    await app.end();
  }
}

test.for<[string, Handler, number, string, boolean]>([
  ['returns a value', () => ({ n: 1 }), 200, '{"n":1}', true],
  ['sends at once', (_request, reply) => void reply.send('x'), 200, 'x', true],
  ['returns the reply that it sent', (_request, reply) => reply.code(201).send('x'), 201, 'x', true],
  ['sends in a timer', (_request, reply) => void setTimeout(() => reply.send('x'), 5), 200, 'x', true],
  [
    'sends 404 in a timer',
    (_request, reply) => void setTimeout(() => reply.code(404).send('x'), 5),
    404,
    'x',
    false,
  ],
  [
    'returns the reply that a timer sends',
    (_request, reply) => {
      setTimeout(() => reply.send('x'), 5);
      return reply;
    },
    200,
    'x',
    true,
  ],
  ['sends an error', (_request, reply) => void reply.send(wrong(422)), 422, '', false],
  ['redirects', (_request, reply) => void reply.redirect('/b'), 302, '', true],
  [
    'throws',
    () => {
      throw wrong();
    },
    500,
    '',
    false,
  ],
  ['is async and returns a value', async () => (await later(), { n: 1 }), 200, '{"n":1}', true],
  [
    'is async and returns a value with 400',
    async (_request, reply) => {
      reply.code(400);
      return 'x';
    },
    400,
    'x',
    false,
  ],
  ['is async and returns a Response', async () => Response.json(1, { status: 409 }), 409, '1', false],
  ['is async and returns a stream', async () => Readable.from(['x', 'y']), 200, 'xy', true],
  [
    'is async and sends',
    async (_request, reply) => {
      await later();
      await reply.send('x');
    },
    200,
    'x',
    true,
  ],
  [
    'is async and resolves to a reply that a timer sends',
    async (_request, reply) => {
      setTimeout(() => reply.code(503).send('x'), 5);
      return reply;
    },
    503,
    'x',
    false,
  ],
  [
    'is async and rejects',
    async () => {
      await later();
      throw wrong(401);
    },
    401,
    '',
    false,
  ],
  [
    'hijacks and answers',
    (_request, reply) => {
      reply.hijack();
      setTimeout(() => reply.raw.end('x'), 5);
    },
    200,
    'x',
    true,
  ],
  [
    'hijacks and answers with 500',
    (_request, reply) => {
      reply.hijack();
      setTimeout(() => reply.raw.writeHead(500).end('x'), 5);
    },
    500,
    'x',
    false,
  ],
  [
    'hijacks and returns a value that is not sent',
    async (_request, reply) => {
      reply.hijack();
      setTimeout(() => reply.raw.writeHead(500).end('x'), 5);
      return 1;
    },
    500,
    'x',
    false,
  ],
])('a handler that %s', async ([_name, handler, status, body, isKept]) => {
  const app = makeApp();
  const [actual, text] = await call(app, handler);
  expect(actual).toBe(status);
  if (body !== '') expect(text).toBe(body);
  expect([app.handled, app.dropped]).toEqual(isKept ? [['a'], []] : [[], ['a']]);
  expect(app.closedBefore).toEqual(isKept ? [true] : []);
  expect(app.errors).toEqual([]);
});

test('with inline(), what a handler returns is sent after its listeners have run', async () => {
  for (const handler of [() => 'x', async () => 'x']) {
    const app = makeApp();
    expect(await call(app, handler, { defer: inline() })).toEqual([200, 'x']);
    expect([app.handled, app.begunBefore]).toEqual([['a'], [false]]);
  }
});

test('a handler that sends later is waited for, though its context is asynchronous', async () => {
  const app = makeApp();
  const handler: Handler = (_request, reply) => void setTimeout(() => reply.send('x'), 5);
  const context = async ({ url }: FastifyRequest) => ({ user: `of ${url}` });
  expect(await call(app, handler, { context })).toEqual([200, 'x']);
  expect(app.handled).toEqual(['a of /']);
});

test('the handler is called with the server as this, and errors reach the error handler', async () => {
  const app = makeApp();
  const server = fastify();
  server.decorate('greeting', 'hello');
  server.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
  server.get(
    '/:id',
    withEvents(app.bus, async function greet(this: unknown, request) {
      app.note('a');
      if ((request.params as { id: string }).id === '0') throw new Error('no such id');
      return (this as { greeting: string }).greeting;
    }),
  );
  const answers = [await server.inject('/1'), await server.inject('/0')];
  expect(answers.map(({ statusCode, body }) => [statusCode, body])).toEqual([
    [200, 'hello'],
    [418, 'no such id'],
  ]);
  await server.close();
  await app.end();
  expect([app.handled, app.dropped]).toEqual([['a'], ['a']]);
});
