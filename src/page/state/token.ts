const KEY = 'trpc-events.inspector.token';
let kept: string | undefined;

/** Returns the token of this tab. `undefined` if the page was opened without one, as behind `authorize`. */
export function token(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? kept;
  } catch {
    return kept; // The reader allows no storage.
  }
}

/** Keeps a token for this tab alone. */
export function keepToken(value: string): void {
  kept = value;
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // The token lasts until the page is left.
  }
}
