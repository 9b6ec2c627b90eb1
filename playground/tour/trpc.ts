import { SpanStatusCode, trace } from '@opentelemetry/api';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { bus } from './bus.ts';
import type { Context } from './context.ts';

const t = initTRPC.context<Context>().create({ transformer: superjson, isDev: false });

export const { router, createCallerFactory } = t;
/** Makes a span for each procedure, because tRPC has none. It costs next to nothing if no SDK is registered. */
const traced = t.middleware(({ path, type, next }) =>
  trace.getTracer('tour').startActiveSpan(`${type} ${path}`, async (span) => {
    const result = await next();
    if (!result.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: result.error.message });
    span.end();
    return result;
  }),
);
/** The base of all procedures. It adds `ctx.dispatch`. */
export const procedure = t.procedure.use(traced).use(bus.middleware());
