import { SpanStatusCode, trace } from '@opentelemetry/api';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { bus } from './bus.ts';
import type { Context } from './context.ts';

const t = initTRPC.context<Context>().create({ transformer: superjson, isDev: false });

export const { router, createCallerFactory } = t;
/** A span for each procedure, which costs next to nothing where no SDK is registered. tRPC has none of its own. */
const traced = t.middleware(({ path, type, next }) =>
  trace.getTracer('tour').startActiveSpan(`${type} ${path}`, async (span) => {
    const result = await next();
    if (!result.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: result.error.message });
    span.end();
    return result;
  }),
);
/** The base of all procedures: it adds `ctx.dispatch`. */
export const procedure = t.procedure.use(traced).use(bus.middleware());
