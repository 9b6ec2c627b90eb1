import { db } from './db.ts';
import { e } from './events.ts';
import { eventRouter } from './handlers.ts';
import { logger } from './logger.ts';

export const bus = e.bus({
  handlers: [eventRouter],
  meta: ({ ctx }) => ({ actor: ctx.actor }),
  createContext: ({ event }) => ({ db, actor: event.meta.actor }),
  onError: ({ error }) => logger.error(error.message),
});
