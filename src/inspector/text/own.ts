/** Copies a text, because a text that was cut from another keeps all of it in memory, which may be megabytes. */
export function own(text: string): string {
  // V8 copies texts of up to 12 characters itself, and the sum of two texts when a part of it is taken.
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

export function shorten(text: string, most: number): string {
  return own(text.length <= most ? text : `${text.slice(0, most)}…`);
}
