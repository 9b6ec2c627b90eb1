/** A web process: one procedure that dispatches three events, of which one goes to the queue. */
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import type { AnyEvent } from '../../../src/index.ts';
import { openTelemetry } from '../../../src/otel/index.ts';
import { sqsForwarder } from '../../../src/sqs/index.ts';
import { sqsClient } from '../../servers/sqs.ts';
import { e, given, startTracing, untilStopped } from './app.ts';

const sdk = startTracing();
const events: AnyEvent[] = [];
const client = sqsClient(given.endpoint);
const router = e.router();
router.on('cart.emptied', ({ event }) => void events.push(event), { name: 'forget-cart' });
router.on(
  'mail.requested',
  async ({ event }) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    events.push(event);
  },
  { name: 'mail' },
);
const bus = e.bus({
  handlers: [
    router,
    sqsForwarder({ queueUrl: given.queueUrl, client, events: 'order.placed', local: false }),
    {
      name: 'sent',
      passive: true,
      events: 'order.placed',
      handle: (event: AnyEvent) => void events.push(event),
    },
  ],
  observers: [openTelemetry()],
});
const t = initTRPC.create();
const procedures = t.router({
  checkout: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
    ctx.dispatch('order.placed', { id: 'order 1', items: ['tea', 'milk'] });
    ctx.dispatch('cart.emptied', { cart: 'cart 1' });
    ctx.dispatch('mail.requested', { to: 'ada@example.com' });
    return 'thanks';
  }),
});
const server = createHTTPServer({ router: procedures });
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
untilStopped(sdk, events, async () => {
  server.closeAllConnections();
  server.close();
  await bus.close();
  client.destroy();
});
