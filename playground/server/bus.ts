import { followBus } from '../story/follow-bus.ts';
import { e, eventRouter } from './events.ts';
import { addListeners } from './handlers.ts';
import { onLoad, shared } from './shared.ts';
import { closeOnExit } from './shutdown.ts';
import { store } from './store.ts';

export const bus = shared('bus', () => {
  const bus = e.bus({
    handlers: [eventRouter],
    meta: ({ ctx }) => ({ click: ctx.click }),
    createContext: ({ event }) => ({ store, click: event.meta.click }),
  });
  followBus(bus); // tells the page what happens
  closeOnExit(bus); // a mail that is under way is sent before the process ends
  return bus;
});

onLoad('listeners', addListeners);
