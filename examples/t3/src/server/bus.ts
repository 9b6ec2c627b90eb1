import { sharedBus } from 'trpc-events/next';
import { db } from './db';
import { e } from './events';
import { listeners } from './listeners';

export const bus = sharedBus('t3', () =>
  e.bus({
    handlers: [listeners],
    createContext: () => ({ db }),
    deadLetter: ({ event, listener }) => void db.log.push(`dead letter: ${listener}, ${event.payload.title}`),
  }),
);
