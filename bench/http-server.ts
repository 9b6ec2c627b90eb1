/** The server process of the HTTP benchmark: `node http-server.ts <subject>`. Tells its port, and its CPU time when asked. */
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { initTRPC } from '@trpc/server';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineEvents, initEvents } from '../src/index.ts';
import { createInspector } from '../src/inspector/index.ts';

const [, , subject = 'bare', observer] = process.argv;
const t = initTRPC.create();
const e = initEvents.create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
const router = e.router();
const listen = { '1 × 1': async () => {}, '5 ms': () => sleep(5) }[subject];
if (listen !== undefined) router.on('user.created', listen);
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
  // The listener's work by hand, begun when the answer is on its way.
  'by hand': noop.input(input).mutation(({ input }) => {
    setImmediate(() => void sleep(5));
    return input.id;
  }),
  empty: eventful.mutation(({ input }) => input.id),
  '1 × 1': eventful.mutation(({ input, ctx }) => {
    ctx.dispatch('user.created', input);
    return input.id;
  }),
};
const create = procedures[(subject === '5 ms' ? '1 × 1' : subject) as keyof typeof procedures];

const server = createHTTPServer({ router: t.router({ create }) });
server.listen(0, () => process.send!((server.address() as { port: number }).port));
process.on('message', () => process.send!(process.cpuUsage()));
