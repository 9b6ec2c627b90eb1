import { sharedBus } from 'trpc-events/next';
import { e } from './events.ts';
import { failingRouter } from './failing-handlers.ts';
import { eventRouter } from './handlers.ts';
import { queues } from './queues.ts';
import { store } from './store.ts';

export const forwarders = queues?.forwarders() ?? [];

/** The bus of both the shop and its worker. Each takes from a queue what the other sends to it. */
export const bus = sharedBus('shop', () =>
  e.bus({
    handlers: [eventRouter, failingRouter, ...forwarders],
    meta: ({ ctx: { click } }) => ({ click, visitor: click.split('.')[0]! }),
    createContext: ({ event }) => ({ store, click: event.meta.click }),
    // #region letter
    // after the last attempt: bus.deliver(event, { listener }) can run that listener again later
    deadLetter: (letter) => store.keepLetter(letter),
    // #endregion
  }),
);
