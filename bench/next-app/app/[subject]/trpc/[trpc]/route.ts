/** `POST /<subject>/trpc/create`: the same procedure, and 5 ms of work that follow it in one way or another. */
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { after } from 'next/server.js';
import { defineEvents, initEvents } from 'trpc-events';
import { z } from 'zod';

const work = () => new Promise((resolve) => setTimeout(resolve, 5));
const t = initTRPC.create();
const e = initEvents.create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
const listeners = e.router();
listeners.on('user.created', async () => void (await work()), { name: 'work' });
const bus = e.bus({ handlers: [listeners] });

const procedure = t.procedure.input(z.object({ id: z.string() }));
const ROUTERS: Record<string, ReturnType<typeof routerOf>> = {
  bare: routerOf(procedure.mutation(({ input }) => input.id)),
  after: routerOf(
    procedure.mutation(({ input }) => {
      after(work);
      return input.id;
    }),
  ),
  inline: routerOf(
    procedure.mutation(async ({ input }) => {
      await work();
      return input.id;
    }),
  ),
  events: routerOf(
    procedure.use(bus.middleware()).mutation(({ input, ctx }) => {
      ctx.dispatch('user.created', input);
      return input.id;
    }),
  ),
};

type Create = ReturnType<typeof procedure.mutation<string>>;
function routerOf(create: Create) {
  return t.router({ create });
}

export async function POST(req: Request, { params }: { params: Promise<{ subject: string }> }) {
  const { subject } = await params;
  return fetchRequestHandler({ endpoint: `/${subject}/trpc`, req, router: ROUTERS[subject]! });
}
