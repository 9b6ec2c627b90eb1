/** The lines of FIFO groups. One message of each group runs, and the others wait behind it, in order. */
export class GroupLines<M> {
  /** The messages that wait, by their group, for each group that has a message running. */
  readonly #lines = new Map<string, M[]>();
  /** The number of messages that wait. */
  waiting = 0;

  /** Returns true if a message may run now. Otherwise it waits. Messages without a group may always run. */
  enter(group: string | undefined, message: M): boolean {
    if (group === undefined) return true;
    const line = this.#lines.get(group);
    if (line === undefined) this.#lines.set(group, []);
    else this.waiting++;
    line?.push(message);
    return line === undefined;
  }

  /** Ends the turn of a group's message that is done. Returns the next one, which runs now. */
  next(group: string | undefined): M | undefined {
    if (group === undefined) return undefined;
    const next = this.#lines.get(group)?.shift();
    if (next === undefined) this.#lines.delete(group);
    else this.waiting--;
    return next;
  }

  /** Ends the turn of a group's message that stays in the queue. Returns those behind it, which must not run. */
  breakUp(group: string | undefined): readonly M[] {
    const line = group === undefined ? [] : (this.#lines.get(group) ?? []);
    if (group !== undefined) this.#lines.delete(group);
    this.waiting -= line.length;
    return line;
  }

  /** Returns all that wait. The messages that run keep their groups. */
  clear(): readonly M[] {
    this.waiting = 0;
    return [...this.#lines.values()].flatMap((line) => line.splice(0));
  }
}
