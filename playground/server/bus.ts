import { sharedBus } from 'trpc-events/next';
import { followBus } from '../story/follow-bus.ts';
import { e } from './events.ts';
import { eventRouter } from './handlers.ts';
import { shared } from './shared.ts';
import { closeOnExit } from './shutdown.ts';
import { store } from './store.ts';

export const bus = sharedBus('shop', () =>
  e.bus({
    handlers: [eventRouter],
    meta: ({ ctx }) => ({ click: ctx.click }),
    createContext: ({ event }) => ({ store, click: event.meta.click }),
  }),
);

shared('followers', () => {
  followBus(bus); // tells the page what happens
  closeOnExit(bus); // a mail that is under way is sent before the process ends
});
