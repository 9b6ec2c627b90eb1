/** Ids of events may come from a queue: they must not look like those of calls. */
export function eventKey(id: string): string {
  return `event ${id}`;
}
