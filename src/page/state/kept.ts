/** A text that the browser keeps. */
export interface Kept {
  get(): string | undefined;
  set(value: string): void;
}

/** Keeps a text for this tab, or for all of them. If the reader allows no storage, it lasts until the page is left. */
export function kept(storage: 'sessionStorage' | 'localStorage', key: string): Kept {
  let last: string | undefined;
  return {
    get() {
      try {
        return globalThis[storage].getItem(key) ?? last;
      } catch {
        return last;
      }
    },
    set(value) {
      last = value;
      try {
        globalThis[storage].setItem(key, value);
      } catch {
        // The reader allows no storage.
      }
    },
  };
}
