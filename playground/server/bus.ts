import { sharedBus } from 'trpc-events/next';
import { sqsForwarder } from 'trpc-events/sqs';
import { e } from './events.ts';
import { eventRouter } from './handlers.ts';
import { queues } from './queues.ts';
import { store } from './store.ts';

export const forwarders = queues === undefined ? [] : makeForwarders(queues);

/** The bus of the shop, and of its worker: what one of them sends to a queue, the other takes from it. */
export const bus = sharedBus('shop', () =>
  e.bus({
    handlers: [eventRouter, ...forwarders],
    meta: ({ ctx }) => ({ click: ctx.click }),
    createContext: ({ event }) => ({ store, click: event.meta.click }),
  }),
);

function makeForwarders({ orders, replies }: { orders: string; replies: string }) {
  return [
    // #region forwarders
    // to the worker, and back
    sqsForwarder({ queueUrl: orders, events: 'order.placed', local: false }),
    sqsForwarder({ queueUrl: replies, events: 'order.packed', local: false }),
    // #endregion
  ];
}
