import type { Call } from './model.ts';

/** The time within which the calls of one HTTP batch begin, in ms. Their starts differ only by how long their ctx takes. */
const TOGETHER = 200;

interface Batch {
  readonly first: Call;
  /** The position of the next call. */
  next: number;
}

/** Finds the HTTP batch of a call, because entries say only its position in the batch, not which batch it is. */
export class Batches {
  readonly #latest = new Map<string, Batch[]>();

  /** Takes a call that has begun. Returns the first call of its batch, if there is one before it. */
  join(call: Call): Call | undefined {
    const { process, batchIndex, from } = call;
    if (batchIndex === undefined) return undefined;
    const open = (this.#latest.get(process) ?? []).filter(({ first }) => from - first.from < TOGETHER);
    this.#latest.set(process, open);
    if (batchIndex === 0) {
      open.push({ first: call, next: 1 });
      return undefined;
    }
    // The latest batch that waits for this position, because the calls of a batch begin one after the other.
    const batch = open.findLast(({ next }) => next === batchIndex);
    if (batch === undefined) return undefined;
    batch.next++;
    return batch.first;
  }
}
