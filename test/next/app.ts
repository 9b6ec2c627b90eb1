import { z } from 'zod';
import { defineEvents, initEvents, type EventsError } from '../../src/index.ts';

export const e = initEvents
  .context<{ user: string }>()
  .meta(z.object({ tenant: z.string().default('none') }))
  .create(defineEvents({ noted: z.string() }));

/** Makes a bus that records which notes were handled, which were dropped, and which errors were reported. */
export function makeBus() {
  const handled: string[] = [];
  const discarded: string[] = [];
  const errors: EventsError[] = [];
  const router = e.router().on('noted', ({ event, ctx }) => {
    handled.push(`${event.payload} of ${ctx.user}, tenant ${event.meta.tenant}, path ${event.path}`);
  });
  const bus = e.bus({
    handlers: [router],
    meta: ({ ctx }) => ({ tenant: ctx.user.toUpperCase() }),
    createContext: () => ({ user: 'nobody' }),
    onDiscard: ({ event }) => void discarded.push(event.payload),
    onError: ({ error }) => void errors.push(error),
  });
  return { bus, handled, discarded, errors };
}
