/** The lines of FIFO groups: of each group one message runs, and the others wait behind it, in order. */
export class GroupLines<M> {
  /** The messages that wait, by the groups of which one runs. */
  readonly #lines = new Map<string, M[]>();
  /** How many wait. */
  waiting = 0;

  /** Returns true if a message may run now. Otherwise it waits. Messages of no group may always. */
  enter(group: string | undefined, message: M): boolean {
    if (group === undefined) return true;
    const line = this.#lines.get(group);
    if (line === undefined) this.#lines.set(group, []);
    else this.waiting++;
    line?.push(message);
    return line === undefined;
  }

  /** The message of a group that ran was handled. Returns the next, which runs now. */
  next(group: string | undefined): M | undefined {
    if (group === undefined) return undefined;
    const next = this.#lines.get(group)?.shift();
    if (next === undefined) this.#lines.delete(group);
    else this.waiting--;
    return next;
  }

  /** The message of a group that ran has failed. Returns those that waited behind it, which must not run. */
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
