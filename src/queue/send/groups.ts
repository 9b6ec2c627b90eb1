import type { Outgoing } from './batch.ts';
import type { Entry } from './entry.ts';

/** The groups of a queue. Only the first unsent entry of a group may go, and the others wait behind it. */
export class Groups<M extends Outgoing> {
  readonly #groupOf: (message: M) => string;
  readonly #behind = new Map<string, Entry<M>[]>();

  constructor(groupOf: (message: M) => string) {
    this.#groupOf = groupOf;
  }

  /** Returns false if the entry has to wait behind another of its group. */
  enter(entry: Entry<M>): boolean {
    const group = this.#groupOf(entry.message);
    const behind = this.#behind.get(group);
    if (behind === undefined) this.#behind.set(group, []);
    else behind.push(entry);
    entry.isBehind = behind !== undefined;
    return !entry.isBehind;
  }

  /** Ends the turn of a group's first entry. Returns the next entry, if there is one. */
  next({ message }: Entry<M>): Entry<M> | undefined {
    const group = this.#groupOf(message);
    const behind = this.#behind.get(group)!;
    let next = behind.shift();
    while (next?.isOver === true) next = behind.shift();
    if (next === undefined) this.#behind.delete(group);
    else next.isBehind = false;
    return next;
  }
}
