/** The worker of docs/inspector/mounting.md: it has its inspector below a path. Bundled by inspector.test.ts. */
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { defineEvents, initEvents } from 'trpc-events';
import { createInspector } from 'trpc-events/inspector';
import { z } from 'zod';

const e = initEvents.create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
const handlers = e.router().on(
  'user.created',
  () => {
    throw new Error('No mail today.');
  },
  { name: 'welcome-mail' },
);
const inspector = createInspector({ process: 'worker' });
const bus = e.bus({ handlers: [handlers], observers: [inspector] });

const t = initTRPC.create({ isServer: true });
const router = t.router({
  signUp: t.procedure.use(bus.middleware()).mutation(({ ctx }) => ctx.dispatch('user.created', { id: '1' })),
});

export default {
  fetch(request: Request) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/inspector')) return inspector.handler(request);
    return fetchRequestHandler({ endpoint: '/trpc', req: request, router, createContext: () => ({}) });
  },
};
