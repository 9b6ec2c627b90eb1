/**
 * The application that each platform runs: one bus, one router, and a log of what happened to each event. It is one
 * file that needs no Node, because it is copied into apps of frameworks, and bundled for workerd.
 */
import type { Tracer } from '@opentelemetry/api';
import { initTRPC } from '@trpc/server';
import { defineEvents, initEvents, withEvents } from 'trpc-events';
import { openTelemetry } from 'trpc-events/otel';
import { z } from 'zod';
import { makeTracer, type Spans } from './tracer.ts';

/** The differences between platforms. */
export interface Host {
  /** Called in a listener. True if the client has the call's whole answer, which then needs nothing of this process. */
  clientHasAnswer(id: string): boolean | Promise<boolean>;
  /** Puts Node's response on ctx, as applications do if the library can't find it by itself. */
  readonly givesResponse?: boolean;
}
/** The path of requests that are not for tRPC. */
export const ROUTES = '/routes/';
interface NodeResponse {
  statusCode: number;
  end(body: string): unknown;
}
export interface Context {
  readonly tag: string;
  readonly res?: unknown;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const withId = z.object({ id: z.string() });
type Id = z.infer<typeof withId>;

export function makeApp(host: Host) {
  /** The lines of the log, such as `handled ID` and `discarded ID`, in the order in which they came. */
  const log: string[] = [];
  const catalog = defineEvents({
    noted: z.object({ id: z.string(), at: z.date().default(() => new Date()) }),
    chained: withId,
    slow: withId,
    watched: withId,
  });
  const e = initEvents.context<Context>().create(catalog);
  const listeners = e.router();
  listeners.on('noted', async ({ event, ctx }) => {
    const { id, at } = event.payload;
    await sleep(5);
    if (at instanceof Date && ctx.tag === 'matrix') log.push(`handled ${id}`);
    ctx.dispatch('chained', { id });
  });
  listeners.on('chained', ({ event }) => {
    if (event.depth === 1 && event.causationId === event.correlationId)
      log.push(`chained ${event.payload.id}`);
  });
  listeners.on('slow', async ({ event }) => {
    await sleep(100);
    log.push(`handled ${event.payload.id}`);
  });
  listeners.on('watched', async ({ event }) => {
    const { id } = event.payload;
    log.push(`begun ${id}`);
    log.push((await host.clientHasAnswer(id)) ? `answered before ${id}` : `not answered before ${id}`);
  });
  const bus = e.bus({
    handlers: [listeners],
    createContext: () => ({ tag: 'matrix' }),
    onDiscard: ({ event, reason }) => log.push(`discarded ${event.payload.id} (${reason})`),
    onError: ({ error }) => log.push(`error ${error.code}: ${error.message}`),
  });

  const spans: Spans = new Map();
  const tracer = makeTracer(spans) as Tracer;
  /** Another bus with the same listeners, so that the first one has no observer. */
  const tracedBus = e.bus({
    handlers: [listeners],
    observers: [openTelemetry({ tracer, attributes: ({ payload }) => ({ id: (payload as Id).id }) })],
  });

  const t = initTRPC.context<Context>().create({ isServer: true });
  const procedure = t.procedure.use(bus.middleware()).input(withId);
  const plain = t.procedure;
  const traced = t.procedure.use(tracedBus.middleware()).input(withId);

  const router = t.router({
    note: procedure.mutation(({ ctx, input: { id } }) => {
      ctx.dispatch('noted', { id });
      return id;
    }),
    /** Dispatches without ctx, after an await. */
    ambient: procedure.mutation(async ({ input: { id } }) => {
      await sleep(1);
      e.dispatch('noted', { id });
      return id;
    }),
    fail: procedure.mutation(async ({ ctx, input: { id } }) => {
      ctx.dispatch('noted', { id });
      await sleep(1);
      throw new Error('it fails');
    }),
    slow: procedure.mutation(({ ctx, input: { id } }) => {
      ctx.dispatch('slow', { id });
      return id;
    }),
    /** Answers with `size` characters. */
    watched: procedure.input(z.object({ size: z.number() })).mutation(({ ctx, input: { id, size } }) => {
      ctx.dispatch('watched', { id });
      return 'x'.repeat(size);
    }),
    /** Dispatches an event for each of three yields, and one for the end. */
    stream: procedure.subscription(async function* stream({ ctx, input: { id } }) {
      for (const n of [1, 2, 3]) {
        ctx.dispatch('noted', { id: `${id}-${n}` });
        yield n;
        await sleep(5);
      }
      ctx.dispatch('noted', { id: `${id}-end` });
    }),
    /** Yields until its client leaves, and then dispatches an event. */
    endless: procedure.subscription(async function* endless({ ctx, input: { id } }) {
      try {
        for (let n = 1; ; n++) {
          yield n;
          await sleep(5);
        }
      } finally {
        ctx.dispatch('noted', { id });
      }
    }),
    traced: traced.mutation(({ ctx, input: { id } }) => {
      ctx.dispatch('noted', { id });
      return id;
    }),
    plain: t.router({
      /** Shows that this adapter works here at all, without events. */
      ping: plain.query(() => 'pong'),
      stream: plain.subscription(async function* stream() {
        yield 'pong';
      }),
      log: plain.query(() => log),
      /** Returns the spans of an id. */
      spans: plain.input(withId).query(({ input: { id } }) => spans.get(id) ?? []),
      /** Returns the log once all events are handled. */
      drained: plain.query(async () => {
        await bus.drain({ timeout: 5000 });
        return log;
      }),
    }),
  });
  /** Dispatches without tRPC. Returns the status and the body to answer with. */
  async function route(url: string): Promise<{ status: number; body: string }> {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const id = searchParams.get('id')!;
    await sleep(1);
    try {
      if (pathname.endsWith('/watched')) e.dispatch('watched', { id });
      else e.dispatch('noted', { id });
    } catch (error) {
      return { status: 501, body: (error as Error).message };
    }
    if (pathname.endsWith('/throw')) throw new Error('it fails');
    const body = 'x'.repeat(Number(searchParams.get('size') ?? 1));
    return { status: pathname.endsWith('/fail') ? 409 : 200, body };
  }
  /** Handlers of the requests below `ROUTES`, as each kind of server takes them. */
  const routes = {
    fetch: withEvents(bus, async (request: Request) => {
      const { status, body } = await route(request.url);
      return new Response(body, { status });
    }),
    node: withEvents(bus, async ({ url }: { url?: string | undefined }, response: NodeResponse) => {
      const { status, body } = await route(url!);
      response.statusCode = status;
      response.end(body);
    }),
    fastify: withEvents(bus, async ({ url }: { url: string }, reply: { code(status: number): unknown }) => {
      const { status, body } = await route(url);
      reply.code(status);
      return body;
    }),
  };

  const createContext = (given: object = {}): Context => ({
    tag: 'matrix',
    ...(host.givesResponse && 'res' in given && { res: given.res }),
  });
  return { log, bus, router, routes, createContext, createCaller: t.createCallerFactory(router) };
}

export type App = ReturnType<typeof makeApp>;
export type AppRouter = App['router'];
