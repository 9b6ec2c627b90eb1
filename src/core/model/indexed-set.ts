/** What a bag holds: it knows its place in it. */
export interface Indexed {
  /** -1 where it is in none. */
  index: number;
}

/** Items in no order: a Set that is added to and deleted from at each call makes itself anew every few times. */
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
