import type { BusState } from '../model/bus-state.ts';
import { type Item, NO_CTX } from '../model/item.ts';
import { causeOf } from '../report/report.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';

/** Stands in the place of a ctx that could not be made: each listener that needs it fails with this. */
export class ContextFailure {
  readonly error: EventsError;

  constructor(cause: unknown) {
    this.error = new EventsError('NO_CONTEXT', `createContext threw ${causeOf(cause)}`, { cause });
  }
}

/** Makes the ctx of the entries that came from no procedure; a promise, where that takes time. */
export function makeContexts(bus: BusState, entries: readonly Item[]): Promise<unknown> | undefined {
  let pending: Promise<void>[] | undefined;
  for (const entry of entries) {
    if (entry.ctx !== NO_CTX) continue;
    const made = makeContext(bus, entry);
    if (made !== undefined) (pending ??= []).push(made);
  }
  return pending && Promise.all(pending);
}

function makeContext(bus: BusState, entry: Item): Promise<void> | undefined {
  const { createContext } = bus.settings;
  const fail = (cause: unknown) => void (entry.ctx = new ContextFailure(cause));
  try {
    const made: unknown = createContext === undefined ? {} : createContext({ event: entry.event });
    if (isThenable(made)) return Promise.resolve(made).then((ctx) => void (entry.ctx = ctx), fail);
    entry.ctx = made;
  } catch (cause) {
    fail(cause);
  }
  return undefined;
}

/** Before another attempt: what could not be made for the last one may be made now. */
export async function remakeContext(bus: BusState, entry: Item): Promise<void> {
  if (entry.ctx instanceof ContextFailure) await makeContext(bus, entry);
}
