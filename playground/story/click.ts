/** This page's own id, which nobody can guess: its clicks begin with it, and its story is told to it alone. */
export const visitor = randomHex(16);

let clicks = 0;
let current = '';

/** Begins a click: what is sent from now on belongs to it. */
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
