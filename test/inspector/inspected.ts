import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../src/index.ts';
import { createInspector, type Inspector } from '../../src/inspector/create-inspector.ts';
import type { InspectorOptions } from '../../src/inspector/options.ts';
import type { Entry } from '../../src/story/entry.ts';

export const e = initEvents.create(
  defineEvents({
    'user.created': z.object({ id: z.string(), email: z.string().optional() }),
    'mail.sent': z.object({ to: z.string() }),
    'order.placed': z.object({
      card: z.object({ number: z.string() }),
      lines: z.array(z.object({ price: z.number() })),
    }),
    'key.made': z.object({ pin: z.string().meta({ writeOnly: true }), label: z.string() }),
    'cat.spotted': unchecked<unknown>(),
  }),
);

let made = 0;
/** Makes an inspector with a new name, because one with a known name would take over the entries of that name. */
export function anInspector(options: InspectorOptions = {}): Inspector {
  return createInspector({ process: `test ${++made}`, ...options });
}

/** Returns all entries that are kept. */
export async function entriesOf(inspector: Inspector, where?: Record<string, string>): Promise<Entry[]> {
  const entries: Entry[] = [];
  const last = new AbortController();
  const idle = setTimeout(() => last.abort(), 50);
  for await (const entry of inspector.follow({ where, signal: last.signal })) {
    entries.push(entry);
    idle.refresh();
  }
  return entries;
}

export const kindsOf = (entries: readonly Entry[]) => entries.map(({ kind }) => kind);

/** Returns the entries of one kind. */
export function only<K extends Entry['kind']>(entries: readonly Entry[], kind: K) {
  return entries.filter((entry) => entry.kind === kind) as Extract<Entry, { kind: K }>[];
}
