/** The server of the HTTP benchmark: `node http-server.ts <subject>`. Reports its port and, when asked, its CPU time. */
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { initTRPC } from '@trpc/server';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineEvents, initEvents } from '../src/index.ts';
import { createInspector } from '../src/inspector/index.ts';
import { QUEUES } from './alternatives/queues.ts';

const [, , subject = 'bare', observer] = process.argv;
const t = initTRPC.create();
const e = initEvents.create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
const router = e.router();
const quick = () => async () => {};
if (subject === '1 × 1') router.on('user.created', quick());
if (subject === '10 × 10') for (let i = 0; i < 10; i++) router.on('user.created', quick(), { name: `l${i}` });
if (subject === '5 ms') router.on('user.created', () => sleep(5));
const bus = e.bus({ handlers: [router], observers: observer === 'inspected' ? [createInspector()] : [] });

const input = z.object({ id: z.string() });
const noop = t.procedure.use(async ({ next }) => {
  const result = await next({ ctx: { dispatch() {} } });
  return result;
});
const eventful = t.procedure.use(bus.middleware()).input(input);
const procedures = {
  bare: t.procedure.input(input).mutation(({ input }) => input.id),
  'no-op': noop.input(input).mutation(({ input }) => input.id),
  // This does the listener's work by hand, when the answer is on its way.
  'by hand': noop.input(input).mutation(({ input }) => {
    setImmediate(() => void sleep(5));
    return input.id;
  }),
  'awaited inline': t.procedure.input(input).mutation(async ({ input }) => {
    await sleep(5);
    return input.id;
  }),
  empty: eventful.mutation(({ input }) => input.id),
  '1 × 1': eventful.mutation(({ input, ctx }) => {
    ctx.dispatch('user.created', input);
    return input.id;
  }),
  '10 × 10': eventful.mutation(({ input, ctx }) => {
    for (let i = 0; i < 10; i++) ctx.dispatch('user.created', input);
    return input.id;
  }),
};
type Subject = keyof typeof procedures;

async function procedureOf(subject: string) {
  const queue = QUEUES[subject];
  if (queue === undefined) return procedures[(subject === '5 ms' ? '1 × 1' : subject) as Subject];
  const enqueue = await queue({ redis: process.env['REDIS_URL']!, postgres: process.env['POSTGRES_URL']! });
  return t.procedure.input(input).mutation(async ({ input }) => {
    await enqueue(input);
    return input.id;
  });
}

const server = createHTTPServer({ router: t.router({ create: await procedureOf(subject) }) });
server.listen(0, () => process.send!((server.address() as { port: number }).port));
process.on('message', () => process.send!(process.cpuUsage()));
