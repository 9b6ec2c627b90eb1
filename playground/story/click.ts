/** The id of this page, which nobody can guess. Its clicks begin with it, and only this page is told its story. */
export const visitor = randomHex(16);

let clicks = 0;
let current = '';

/** Begins a click. Requests that are sent from now on belong to it. */
export function newClick(): string {
  current = `${visitor}.${++clicks}`;
  return current;
}

export function currentClick(): string {
  return current;
}

function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
