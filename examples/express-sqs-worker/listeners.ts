import { initEvents } from 'trpc-events';
import { events } from './events.ts';

export interface Context {
  readonly log: (line: string) => void;
}
export const e = initEvents.context<Context>().create(events);

let parcels = 0;
/** Both processes have this router. Only the worker runs its listeners, because the web forwarder has `local: false`. */
export const router = e.router();
router.on(
  'order.placed',
  ({ event, ctx }) => {
    // Every third parcel breaks. The queue then delivers the order again.
    if (++parcels % 3 === 0) throw new Error(`The parcel of ${event.payload.id} broke.`);
    ctx.log(`packed ${event.payload.item} for ${event.payload.id}`);
    ctx.dispatch('order.shipped', { id: event.payload.id });
  },
  { name: 'pack' },
);
router.on('order.shipped', ({ event, ctx }) => ctx.log(`mail: ${event.payload.id} is on its way`), {
  name: 'shipping-mail',
});

export const createContext = (): Context => ({ log: (line) => console.log(line) });
