/** An item of a `LinkedList`, which knows its neighbors. */
export interface Linked {
  before: this | undefined;
  after: this | undefined;
}

/**
 * Items in the order in which they were added. Adding and deleting leaves nothing behind. A Map or Set that each call adds to
 * and deletes from does: it is rebuilt every few dozen calls, and the old tables hold the deleted items, with their ctx and
 * request, until a full collection.
 */
export class LinkedList<T extends Linked> {
  first: T | undefined = undefined;
  #last: T | undefined = undefined;

  /** Adds an item that is in no list. */
  add(item: T): void {
    item.before = this.#last;
    if (this.#last === undefined) this.first = item;
    else this.#last.after = item;
    this.#last = item;
  }

  /** Deletes an item, if it is in the list. */
  delete(item: T): void {
    const { before, after } = item;
    if (before === undefined && this.first !== item) return;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    item.before = undefined;
    item.after = undefined;
  }
}
