/** The worker under test has catalog, router and bus in global scope, as applications do. `bundle.ts` bundles it. */
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { defineEvents, initEvents, waitUntil, type DeferStrategy, type EventsError } from 'trpc-events';
import { z } from 'zod';

interface Environment {
  readonly REPORT: string;
  /** Entrypoint of another worker. */
  readonly MAIL: { send(request: string, text: string): Promise<void> };
}
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
interface Context {
  readonly execution: ExecutionContext;
  /** Reports a text to the test, with a fetch of its own. */
  readonly report: (text: string) => Promise<unknown>;
  readonly mail: (text: string) => Promise<void>;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const catalog = defineEvents({
  noted: z.object({ note: z.string(), at: z.date().default(() => new Date()) }),
  chained: z.string(),
  limited: z.string(),
  mailed: z.string(),
});
const e = initEvents.context<Context>().create(catalog);
const router = e.router();
router.on('noted', async function slow({ event, ctx }) {
  await ctx.report(`begun ${event.payload.note}`);
  await sleep(100);
  ctx.dispatch('chained', `after ${event.payload.note}`);
  await ctx.report(`handled ${event.payload.note}`);
});
router.on('chained', async function chained({ event, ctx }) {
  await sleep(10);
  await ctx.report(`handled ${event.payload}`);
});
router.on(
  'limited',
  async ({ event, ctx }) => {
    await ctx.report(`begun ${event.payload}`);
    if (event.payload === 'hang') await new Promise(() => {});
    await ctx.report(`handled ${event.payload}`);
  },
  { name: 'one at a time', concurrency: 1 },
);
// A call to another worker returns a function that has `then`.
router.on('mailed', function mailer({ event, ctx }) {
  return ctx.mail(event.payload);
});
/** `createContext` serves events that come from no procedure: the id of their request is their `key`. */
const bus = e.bus({ handlers: [router], createContext: ({ event }) => makeContext(event.key ?? '') });

let reportUrl = '';
let mail: Environment['MAIL'];
function makeContext(request: string, execution?: ExecutionContext): Context {
  return {
    execution: execution ?? { waitUntil() {} },
    report: (text) => fetch(reportUrl, { method: 'POST', body: JSON.stringify({ request, text }) }),
    mail: (text) => mail.send(request, text),
  };
}

/** This strategy loses events here, because it gives the promise only when the call has settled. */
const registersLate: DeferStrategy<Context> = {
  name: 'registersLate',
  start(flush, call) {
    call.ctx.execution.waitUntil(call.finished);
    setTimeout(() => void flush(), 0);
  },
};
/** This strategy loses events here, because it gives no promise at all. */
const registersNothing: DeferStrategy = {
  name: 'registersNothing',
  start: (flush) => void setTimeout(() => void flush(), 0),
};
const byHand = waitUntil<Context>(
  ({ ctx }) =>
    (promise) =>
      ctx.execution.waitUntil(promise),
);

const t = initTRPC.context<Context>().create({ isServer: true });

function procedures(defer?: DeferStrategy<Context>) {
  const procedure = t.procedure.use(bus.middleware<Context>(defer && { defer }));
  return t.router({
    note: procedure.input(z.string()).query(({ ctx, input }) => {
      ctx.dispatch('noted', { note: input });
      return input;
    }),
    fail: procedure.input(z.string()).query(async ({ ctx, input }) => {
      ctx.dispatch('noted', { note: input });
      await sleep(1);
      throw new Error('no');
    }),
    ambient: procedure.input(z.string()).query(async ({ input }) => {
      await sleep(1);
      await Promise.resolve();
      e.dispatch('noted', { note: input });
    }),
    limited: procedure
      .input(z.array(z.string()))
      .query(({ ctx, input }) => input.forEach((note) => ctx.dispatch('limited', note))),
    mail: procedure.input(z.string()).query(({ ctx, input }) => ctx.dispatch('mailed', input)),
    /** Dispatches an event for each of three yields, and another for the end. */
    stream: procedure.subscription(async function* stream({ ctx }) {
      try {
        for (const note of ['1', '2', '3']) {
          ctx.dispatch('noted', { note });
          yield note;
          await sleep(20);
        }
      } finally {
        ctx.dispatch('noted', { note: 'end' });
      }
    }),
    /** Goes on until its client leaves. An event waits for that moment, and another is dispatched then. */
    endless: procedure.subscription(async function* endless({ ctx }) {
      ctx.dispatch('noted', { note: 'settled' }, { when: 'settled' });
      try {
        for (let i = 0; ; i++) {
          yield i;
          await sleep(20);
        }
      } finally {
        ctx.dispatch('noted', { note: 'end' });
      }
    }),
    /** Returns a stream to a link that reads none: tRPC answers 415, and never pulls the stream. */
    unpulled: procedure.query(({ ctx }) => {
      ctx.dispatch('noted', { note: 'unpulled' });
      return generate();
    }),
  });
}

async function* generate() {
  yield 1;
}

export const appRouter = t.router({
  auto: procedures(),
  byHand: procedures(byHand),
  registersLate: procedures(registersLate),
  registersNothing: procedures(registersNothing),
  live: t.procedure.input(z.number()).subscription(async function* live({ signal, input: limit }) {
    for await (const { payload } of bus.stream('noted', { signal, limit })) yield payload.note;
  }),
  drain: t.procedure.query(() => bus.drain()),
  drainWithin: t.procedure.query(() => bus.drain({ timeout: 20_000 })),
});
export type AppRouter = typeof appRouter;

/** Routes that are not procedures, by path. */
const routes: Record<string, (key: string) => unknown> = {
  '/scope': (key) => bus.scope(({ dispatch }) => dispatch('noted', { note: 'scope' }, { key })),
  '/publish': (key) => bus.publish('noted', { note: 'published' }, { key }),
  '/no-scope': () => e.dispatch('noted', { note: 'nowhere' }),
};

export default {
  async fetch(
    request: Request,
    { REPORT, MAIL }: Environment,
    execution: ExecutionContext,
  ): Promise<Response> {
    reportUrl = REPORT;
    mail = MAIL;
    const url = new URL(request.url);
    const id = request.headers.get('x-request') ?? '';
    const route = routes[url.pathname];
    try {
      if (route !== undefined) return Response.json((await route(id)) ?? null);
    } catch (error) {
      const { code, message } = error as EventsError;
      return Response.json({ code, message }, { status: 500 });
    }
    const response = await fetchRequestHandler({
      endpoint: '/trpc',
      req: request,
      router: appRouter,
      createContext: () => makeContext(id, execution),
    });
    // `unread` asks for a different response, so that the body of tRPC's response is never read.
    return url.searchParams.has('unread') ? new Response('unread') : response;
  },
};
