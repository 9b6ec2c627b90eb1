import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { defineEvents, initEvents } from 'trpc-events';
import { z } from 'zod';

interface Env {
  readonly LOG: { put(key: string, value: string): Promise<void>; get(key: string): Promise<string | null> };
}

const events = defineEvents({ 'note.saved': z.object({ id: z.string(), text: z.string() }) });
const e = initEvents.context<Env>().create(events);
const router = e.router();
router.on(
  'note.saved',
  async ({ event, ctx }) => {
    await scheduler.wait(200); // the response doesn't wait for this
    await ctx.LOG.put(event.payload.id, event.payload.text.toUpperCase());
  },
  { name: 'index-note', retry: { attempts: 3 } },
);
const bus = e.bus({ handlers: [router] });

const t = initTRPC.context<Env>().create({ isServer: true });
const procedure = t.procedure.use(bus.middleware());
const appRouter = t.router({
  save: procedure.input(z.object({ id: z.string(), text: z.string() })).mutation(({ input }) => {
    e.dispatch('note.saved', input); // also works in a function that has no ctx
    if (input.text === '') throw new TRPCError({ code: 'BAD_REQUEST' }); // drops the event
    return { id: input.id };
  }),
  indexed: procedure.input(z.string()).query(({ ctx, input }) => ctx.LOG.get(input)),
});

export default {
  fetch: (req: Request, env: Env) =>
    fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext: () => env }),
};

declare const scheduler: { wait(ms: number): Promise<void> };
