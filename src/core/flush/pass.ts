import type { BusState, Flusher } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import type { WorkGroup } from '../model/work-group.ts';
import { snapshot } from '../scope/storage.ts';
import type { FlushOrigin } from '../types/observer.ts';
import { Flush } from './flush.ts';

/** Begins flushes of one bus, and runs their synchronous parts one after another. */
export class Pass implements Flusher {
  #flushes: { handOut(): void }[] | undefined = undefined;

  flush(bus: BusState, items: readonly Item[], group: WorkGroup, origin: FlushOrigin): void {
    new Flush(bus, items, { group, origin }).beginWithin();
  }

  /**
   * Runs the synchronous part of a flush. If another flush of this bus is running its own, because a synchronous
   * listener has dispatched, the flush waits its turn, so that a chain of such events takes no stack.
   */
  pass(flush: { handOut(): void }): void {
    if (this.#flushes !== undefined) {
      // Listeners run with the application's AsyncLocalStorages as they are here, not as they are when the event's turn comes.
      const runAsNow = snapshot();
      return void this.#flushes.push({ handOut: () => runAsNow(() => flush.handOut()) });
    }
    const flushes = [flush];
    this.#flushes = flushes;
    try {
      // The list grows while it is read.
      for (const each of flushes) each.handOut();
    } finally {
      this.#flushes = undefined;
    }
  }
}
