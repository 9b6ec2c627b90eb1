import type { FastifyReply } from 'fastify';
import { expect, test } from 'vitest';
import { afterResponse } from '../../src/index.ts';
import { ADAPTERS, start, type ContextSource } from '../servers/start.ts';
import { e, makeApp, t, type Context, eventually } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

function makeRouter(source: (ctx: Context) => unknown, maxWait?: number, sees?: () => unknown) {
  const app = makeApp({
    defer: afterResponse<Context>(({ ctx }) => source(ctx), { maxWait }),
    listener: () => sees?.(),
  });
  const goOn = gate();
  const router = t.router({
    note: app.procedure.query(({ ctx }) => ctx.dispatch('noted', 'note')),
    slow: app.procedure.query(() => goOn.promise),
    stream: app.procedure.subscription(async function* generate() {
      e.dispatch('noted', 'first');
      yield 1;
      await goOn.promise;
    }),
  });
  return { ...app, router, goOn, createCaller: t.createCallerFactory(router) };
}
const onContext = { createContext: ({ res }: ContextSource) => ({ res }) };

/** `createContext` gets each server's own response: on fastify its reply, over a WebSocket the socket. */
test.each(ADAPTERS)(
  'on %s, afterResponse finds the response in ctx.res, or sees that it is none',
  async (adapter) => {
    await using app = makeRouter(({ res }) => res);
    await using server = await start(adapter, app.router, onContext);
    for (let i = 0; i < 3; i++) await server.client().note.query();
    await eventually(() => expect(app.handled).toEqual(['note', 'note', 'note']));
  },
);

test.each(['standalone', 'http2', 'express with gzip'] as const)(
  'on %s, afterResponse waits for the slowest call of a batch',
  async (adapter) => {
    let answered = false;
    await using app = makeRouter(({ res }) => res, 60_000);
    await using server = await start(adapter, app.router, onContext);
    const client = server.client('httpBatchLink');
    const batch = Promise.all([client.note.query(), client.slow.query()]).then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([answered, app.handled]).toEqual([false, []]);
    app.goOn.open();
    await batch;
    await eventually(() => expect(app.handled).toEqual(['note']));
  },
);

test('afterResponse waits no longer than maxWait', async () => {
  await using app = makeRouter(({ res }) => res, 20);
  await using server = await start('standalone', app.router, onContext);
  const client = server.client('httpBatchLink');
  const batch = Promise.all([client.note.query(), client.slow.query()]);
  await eventually(() => expect(app.handled).toEqual(['note']));
  app.goOn.open();
  await batch;
});

test('afterResponse accepts fastify’s reply as it is, or its raw response', async () => {
  const finished: boolean[] = [];
  let reply!: FastifyReply;
  for (const source of [({ res }: Context) => res, ({ res }: Context) => (res as FastifyReply).raw]) {
    await using app = makeRouter(source, 60_000, () => finished.push(reply.raw.writableFinished));
    await using server = await start('fastify', app.router, {
      createContext: ({ res }) => ({ res: (reply = res as FastifyReply) }),
    });
    await server.client().note.query();
    await eventually(() => expect(app.handled).toEqual(['note']));
  }
  expect(finished).toEqual([true, true]);
});

test('a stream is flushed on a timer, although its response stays open', async () => {
  await using app = makeRouter(({ res }) => res, 60_000);
  await using server = await start('standalone', app.router, onContext);
  const subscription = server.client().stream.subscribe(undefined, { onData: () => {} });
  await eventually(() => expect(app.handled).toEqual(['first']));
  app.goOn.open();
  subscription.unsubscribe();
});

test.each([undefined, null, 5, {}, { writableEnded: true }, { raw: {} }])(
  'if the source returns %j instead of a response, a direct caller waits, and a caller with a signal does not',
  async (value) => {
    await using app = makeRouter(() => value);
    await app.createCaller({}).note();
    expect(app.handled).toEqual(['note']);
    await app.createCaller({}, { signal: new AbortController().signal }).note();
    expect(app.handled).toEqual(['note']);
    await eventually(() => expect(app.handled).toEqual(['note', 'note']));
  },
);

test.each([
  [undefined, {}],
  ['res', {}],
  [() => undefined, { maxWait: -1 }],
  [() => undefined, { maxWait: Number.NaN }],
  [() => undefined, { wait: 1 }],
])('afterResponse(%s, %j) is refused', (source, options) => {
  expect(() => afterResponse(source as never, options as never)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
});
