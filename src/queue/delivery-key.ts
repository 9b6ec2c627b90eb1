import type { AnyEvent, Envelope } from '../core/types/event.ts';

/**
 * Returns the key under which a `DedupeStore` remembers that a listener has handled an event: the event's source and id,
 * and the listener's name. Use it to complete a listener within its own transaction.
 *
 * @example
 * ```ts
 * import { deliveryKey } from 'trpc-events/queue';
 *
 * eventRouter.on(
 *   'order.placed',
 *   async ({ event, listener, ctx }) => {
 *     await ctx.db.transaction(async (tx) => {
 *       await tx.audit.insert(event.payload);
 *       await store.complete(deliveryKey(event, listener), tx);
 *     });
 *   },
 *   { name: 'audit' },
 * );
 * ```
 */
export function deliveryKey(
  { source = '', id }: Pick<AnyEvent | Envelope, 'source' | 'id'>,
  listener: string,
): string {
  return JSON.stringify([source, id, listener]);
}
