/** The application that the type tests share. */
import { z } from 'zod';
import { defineEvents, initEvents, unchecked, type EventForwarder } from '../../src/index.ts';

export interface Db {
  find(id: string): Promise<{ id: string }>;
}
export interface Context {
  db: Db;
  user: { name: string } | null;
}
/** An interface on purpose, because meta must not need an index signature. */
export interface Meta {
  tenant: string;
}

export const catalog = defineEvents({
  'user.created': z.object({ id: z.string(), email: z.string(), at: z.date().default(() => new Date()) }),
  'user.deleted': z.object({ id: z.string() }),
  'order.placed': z.object({ id: z.string(), total: z.number(), tags: z.array(z.string()).readonly() }),
  'order.item.added': z.object({ sku: z.string() }),
  'cache.cleared': z.void(),
  'cat.spotted': unchecked<{ where: string }>(),
  // This schema is one-way: it does not take its own output.
  'text.measured': z.object({ text: z.string().transform((text) => text.length) }),
});
export type Names =
  | 'user.created'
  | 'user.deleted'
  | 'order.placed'
  | 'order.item.added'
  | 'cache.cleared'
  | 'cat.spotted'
  | 'text.measured';

export const metaSchema = z.object({ tenant: z.string() });
export const e = initEvents.context<Context>().meta(metaSchema).create(catalog);
/** A builder of the same catalog that names no context and no meta. */
export const bare = initEvents.create(catalog);

/** A forwarder that is typed like the library's own forwarders, which know no catalog. */
export declare function forwarder<const P extends string | readonly string[] = '*'>(options: {
  queue: string;
  events?: P;
}): // Without `NoInfer`, `P` is inferred from what `e.bus` expects if `events` is left out.
EventForwarder<NoInfer<P>>;
