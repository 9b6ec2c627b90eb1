import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { sqsForwarder } from 'trpc-events/sqs';
import { z } from 'zod';
import { createContext, e, router, type Context } from './listeners.ts';

const forwarder = sqsForwarder({ queueUrl: process.env.QUEUE_URL!, events: 'order.placed', local: false });
const bus = e.bus({ handlers: [router, forwarder], createContext });

const t = initTRPC.context<Context>().create();
let orders = 0;
const appRouter = t.router({
  placeOrder: t.procedure
    .use(bus.middleware())
    .input(z.object({ item: z.string() }))
    .mutation(({ ctx, input }) => {
      const id = `order-${++orders}`;
      ctx.dispatch('order.placed', { id, item: input.item }); // sent to the queue after the response
      return { id };
    }),
});

const app = express();
app.use('/trpc', createExpressMiddleware({ router: appRouter, createContext }));
const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, () => console.log(`listening on http://localhost:${port}/trpc`));

process.once('SIGTERM', async () => {
  server.close();
  await bus.close({ timeout: 10_000 }); // sends the events that are still in memory
});
