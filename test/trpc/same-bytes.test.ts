import { initTRPC, lazy, tracked, TRPCError, type AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import { start } from '../servers/start.ts';
import { makeApp, type Context } from './app.ts';

type Middleware = ReturnType<typeof makeApp>['events'];
type Transformer = typeof superjson | undefined;

/** Makes a router with every kind of answer that a tRPC procedure may give, behind this middleware. */
function makeRouter(middleware: Middleware, transformer: Transformer) {
  const t = initTRPC.context<Context>().create({
    ...(transformer && { transformer }),
    isDev: false,
    errorFormatter: ({ shape, error }) => ({ ...shape, cause: String(error.cause) }),
  });
  const { query, subscription, output } = t.procedure.use(middleware);
  const conflict = () => new TRPCError({ code: 'CONFLICT', message: 'taken' });
  const fail = (error: unknown) => () => {
    throw error;
  };
  const plain = t.router({
    values: query(() => ({ at: new Date(0), map: new Map([[1, 2]]), big: new Set([3]), none: undefined })),
    nothing: query(() => undefined),
    aFunction: query(() => () => 1),
    anError: query(() => new Error('returned')),
    throwsError: query(fail(new Error('no'))),
    throwsText: query(fail('no')),
    throwsNothing: query(fail(undefined)),
    throwsConflict: query(fail(conflict())),
    badOutput: output((value) => String(value).repeat(2)).query(() => 'twice'),
  });
  const streamed = t.router({
    promises: query(() => ({ now: 1, later: Promise.resolve({ deep: Promise.resolve(2) }) })),
    nested: query(() => ({ rows: generate() })),
    generator: query(generate),
    failing: query(async function* failing() {
      yield* generate();
      throw conflict();
    }),
    readable: query(() => ReadableStream.from(['a', { b: 1 }])),
    page: query(() => ({ next: 'page 2', [Symbol.asyncIterator]: generate })),
  });
  const subscriptions = t.router({
    rows: subscription(async function* rows() {
      yield { row: 1 };
      yield* [2, 3];
    }),
    tracked: subscription(async function* ids() {
      yield tracked('id-1', { at: new Date(0) });
      yield tracked('id-2', 'row');
    }),
    failing: subscription(async function* failing() {
      yield 1;
      throw conflict();
    }),
    refused: subscription(fail(conflict())),
    observable: subscription(() =>
      observable<number>((observer) => {
        observer.next(1);
        observer.complete();
      }),
    ),
    failingObservable: subscription(() =>
      observable<number>((observer) => {
        observer.next(1);
        observer.error(conflict());
      }),
    ),
  });
  return t.mergeRouters(
    t.router({ plain, later: lazy(async () => plain) }),
    t.router({ streamed, subscriptions }),
  );
}

async function* generate() {
  yield 1;
  yield { row: Promise.resolve(2) };
  return 'end';
}

const JSONL = { 'trpc-accept': 'application/jsonl' };
const SSE = { accept: 'text/event-stream' };

/** Collects the answers of all procedures, by every protocol that they speak. */
async function answersOf(router: AnyTRPCRouter): Promise<Record<string, unknown>> {
  await using server = await start('standalone', router);
  const answers: Record<string, unknown> = {};
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL(path, server.url), { headers });
    const { date: _, ...rest } = Object.fromEntries(response.headers);
    // Lines of a JSONL stream come as soon as they are ready, in any order.
    const lines = (await response.text()).split('\n');
    answers[`${path} ${Object.values(headers).join()}`] = [
      response.status,
      rest,
      headers === JSONL ? lines.sort() : lines,
    ];
  };
  for (const path of Object.keys(router._def.procedures)) {
    if (path.startsWith('subscriptions.')) await ask(`/${path}`, SSE);
    else for (const headers of [{}, JSONL]) await ask(`/${path}?batch=1&input={}`, headers);
  }
  const several = '/plain.values,plain.throwsError,later.nothing,plain.missing?batch=1&input={}';
  for (const headers of [{}, JSONL]) await ask(several, headers);
  return answers;
}

test.each<[name: string, Transformer]>([
  ['with superjson', superjson],
  ['without a transformer', undefined],
])('%s, each answer is the same with and without the middleware, byte for byte', async (_, transformer) => {
  await using app = makeApp();
  const none = (({ next }) => next({ ctx: { dispatch: () => {} } })) as Middleware;
  const expected = await answersOf(makeRouter(none, transformer));
  expect(Object.keys(expected).length).toBeGreaterThan(35);
  expect(await answersOf(makeRouter(app.events, transformer))).toEqual(expected);
});
