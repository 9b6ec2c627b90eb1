import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ADAPTERS, start, type Adapter } from '../servers/start.ts';
import { makeApp, t, type Context } from './app.ts';

type App = ReturnType<typeof makeApp>;
type Outcome = 'handled' | 'discarded' | 'never dispatched';

const note = ({ ctx }: { ctx: { dispatch(name: 'noted', payload: string): void } }) =>
  ctx.dispatch('noted', 'note');
const throws = (error: unknown) => (opts: Parameters<typeof note>[0]) => {
  note(opts);
  throw error;
};
const refuse = t.middleware(() => {
  throw new TRPCError({ code: 'UNAUTHORIZED' });
});
/** Lets the call go on, and throws after it has returned. */
const throwAfter = t.middleware(async ({ next }) => {
  await next();
  throw new TRPCError({ code: 'CONFLICT' });
});
const text = z.string();
const answer = z.object({ answer: z.string() });

/** Response status and event outcome of each chain, as tRPC behaves, not as one may wish. */
const CHAINS: [what: string, status: number, outcome: Outcome, build: (app: App) => unknown][] = [
  ['a call that succeeds', 200, 'handled', ({ procedure }) => procedure.query(note)],
  [
    'a call that throws an Error',
    500,
    'discarded',
    ({ procedure }) => procedure.query(throws(new Error('no'))),
  ],
  ['a call that throws a string', 500, 'discarded', ({ procedure }) => procedure.query(throws('no'))],
  [
    'a call that throws a TRPCError',
    403,
    'discarded',
    ({ procedure }) => procedure.query(throws(new TRPCError({ code: 'FORBIDDEN' }))),
  ],
  [
    'a call that returns a TRPCError',
    200,
    'handled',
    ({ procedure }) =>
      procedure.query((opts) => {
        note(opts);
        return new TRPCError({ code: 'FORBIDDEN' });
      }),
  ],
  [
    'bad input, .input() after .use(events)',
    400,
    'discarded',
    ({ events }) => t.procedure.use(events).use(dispatchFirst).input(text).query(note),
  ],
  [
    'bad input, .input() before .use(events)',
    400,
    'never dispatched',
    ({ events }) => t.procedure.input(text).use(events).query(note),
  ],
  [
    'good input, .input() before .use(events)',
    200,
    'handled',
    ({ events }) => t.procedure.input(z.undefined()).use(events).query(note),
  ],
  [
    'good input, .input() after .use(events)',
    200,
    'handled',
    ({ procedure }) => procedure.input(z.undefined()).query(note),
  ],
  [
    'a bad output, .output() after .use(events)',
    500,
    'discarded',
    ({ procedure }) => procedure.output(answer).query(note as never),
  ],
  [
    'a bad output, .output() before .use(events), which can not know it',
    500,
    'handled',
    ({ events }) =>
      t.procedure
        .output(answer)
        .use(events)
        .query(note as never),
  ],
  [
    'an auth middleware that refuses, after .use(events)',
    401,
    'discarded',
    ({ procedure }) => procedure.use(dispatchFirst).use(refuse).query(note),
  ],
  [
    'an auth middleware that refuses, before .use(events)',
    401,
    'never dispatched',
    ({ events }) => t.procedure.use(refuse).use(events).query(note),
  ],
  [
    'a middleware that throws after its next(), within .use(events)',
    409,
    'discarded',
    ({ procedure }) => procedure.use(throwAfter).query(note),
  ],
  [
    'a middleware that throws after its next(), around .use(events), which can not know it',
    409,
    'handled',
    ({ events }) => t.procedure.use(throwAfter).use(events).query(note),
  ],
];

const dispatchFirst = t.middleware(({ ctx, next }) => {
  note({ ctx: ctx as never });
  return next();
});

/** Returns the HTTP status, or the one that a WebSocket's answer names. */
async function statusOf(call: Promise<unknown>): Promise<number> {
  try {
    await call;
    return 200;
  } catch (error) {
    return (error as { data: { httpStatus: number } }).data.httpStatus;
  }
}

async function outcomeOf(adapter: Adapter, app: App, query: unknown, { transformer = {} } = {}) {
  const { router } = initTRPC.context<Context>().create(transformer);
  await using server = await start(adapter, router({ query: query as never }));
  const client = server.client() as unknown as { query: { query(): Promise<unknown> } };
  const status = await statusOf(client.query.query());
  await app.bus.drain();
  const outcome = app.handled[0] ? 'handled' : app.discarded[0] ? 'discarded' : 'never dispatched';
  return { status, outcome, events: app.handled.length + app.discarded.length };
}

describe.each(ADAPTERS)('on %s, the event of', (adapter) => {
  test.each(CHAINS)('%s: status %i, %s', async (_, status, outcome, build) => {
    await using app = makeApp();
    expect(await outcomeOf(adapter, app, build(app))).toEqual({
      status,
      outcome,
      events: outcome === 'never dispatched' ? 0 : 1,
    });
  });
});

test('an output transformer that throws does so too late to drop the event', async () => {
  await using app = makeApp();
  const serialize = (value: unknown) => {
    if (value === 'good') throw new Error('can not be serialized');
    return value;
  };
  const transformer = {
    input: { serialize: (v: unknown) => v, deserialize: (v: unknown) => v },
    output: { serialize, deserialize: (v: unknown) => v },
  };
  const query = app.procedure.query((opts) => {
    note(opts);
    return 'good';
  });
  expect(await outcomeOf('standalone', app, query, { transformer: { transformer } })).toMatchObject({
    status: 500,
    outcome: 'handled',
  });
});
