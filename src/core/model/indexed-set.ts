/** An item of an `IndexedSet`, which knows its index there. */
export interface Indexed {
  /** -1 while the item is in no set. */
  index: number;
}

/** Items in no order. A Set that each call adds to and deletes from is rebuilt every few calls, and this is not. */
export class IndexedSet<T extends Indexed> {
  readonly items: T[] = [];

  add(item: T): void {
    if (item.index >= 0) return;
    item.index = this.items.length;
    this.items.push(item);
  }

  delete(item: T): void {
    if (item.index < 0) return;
    const last = this.items.pop()!;
    if (last !== item) {
      this.items[item.index] = last;
      last.index = item.index;
    }
    item.index = -1;
  }
}
