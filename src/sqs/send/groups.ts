import type { Entry } from './entry.ts';

/** The groups of a FIFO queue: of each, only the first unsent entry may go, and the others wait behind it. */
export class Groups {
  readonly #behind = new Map<string, Entry[]>();

  /** Returns false if the entry has to wait behind another of its group. */
  enter(entry: Entry): boolean {
    const group = entry.message.groupId!;
    const behind = this.#behind.get(group);
    if (behind === undefined) this.#behind.set(group, []);
    else behind.push(entry);
    entry.isBehind = behind !== undefined;
    return !entry.isBehind;
  }

  /** The first of a group is over. Returns the next, if there is one. */
  next({ message }: Entry): Entry | undefined {
    const group = message.groupId!;
    const behind = this.#behind.get(group)!;
    let next = behind.shift();
    while (next?.isOver === true) next = behind.shift();
    if (next === undefined) this.#behind.delete(group);
    else next.isBehind = false;
    return next;
  }
}
