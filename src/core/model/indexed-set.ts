/** What a bag holds: it knows its place in it. */
export interface Bagged {
  /** -1 where it is in none. */
  place: number;
}

/** Items in no order: a Set that is added to and deleted from at each call makes itself anew every few times. */
export class Bag<T extends Bagged> {
  readonly items: T[] = [];

  add(item: T): void {
    if (item.place >= 0) return;
    item.place = this.items.length;
    this.items.push(item);
  }

  delete(item: T): void {
    if (item.place < 0) return;
    const last = this.items.pop()!;
    if (last !== item) {
      this.items[item.place] = last;
      last.place = item.place;
    }
    item.place = -1;
  }
}
