const KEY = Symbol.for('trpc-events.info-ids.1');
/** The count is shared by all copies of this package, so that ids are unique in the process. */
const shared = globalThis as { [KEY]?: number };

/** Makes the id of a scope or an attempt, as observers see it. */
export function newInfoId(): string {
  const count = (shared[KEY] ?? 0) + 1;
  shared[KEY] = count;
  return count.toString(36);
}
