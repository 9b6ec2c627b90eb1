import { sharedBus } from 'trpc-events/next';
import { e } from './events.ts';
import { eventRouter } from './handlers.ts';
import { queues } from './queues.ts';
import { store } from './store.ts';

export const forwarders = queues?.forwarders() ?? [];

/** The bus of the shop, and of its worker: what one of them sends to a queue, the other takes from it. */
export const bus = sharedBus('shop', () =>
  e.bus({
    handlers: [eventRouter, ...forwarders],
    meta: ({ ctx }) => ({ click: ctx.click }),
    createContext: ({ event }) => ({ store, click: event.meta.click }),
  }),
);
