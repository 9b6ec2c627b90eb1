/**
 * Names that every object has. The parser of AsyncAPI reads its maps as objects with a prototype: it loses the value of a
 * key `__proto__`, and throws at a key `hasOwnProperty`.
 */
const RESERVED =
  /^(?:__\w+__|constructor|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|toString|valueOf)$/;

/** Returns true for a name that AsyncAPI takes as a key, and that no tool confuses with anything else. */
export function isKey(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !RESERVED.test(name);
}

/** Gives out keys for the maps of a document, each of them once. */
export class Keys {
  /** The number of the last key that began with each text. */
  readonly #taken = new Map<string, number>();

  /** Returns a key for each name. The names that are keys are served first, so that they keep theirs. */
  of(names: readonly string[]): string[] {
    const keys: string[] = [];
    for (const plain of [true, false])
      names.forEach((name, i) => {
        if (isKey(name) === plain) keys[i] = this.#claim(name);
      });
    return keys;
  }

  #claim(name: string): string {
    const text = name.replaceAll(/[^\w.-]/g, '_');
    const base = isKey(text) ? text : `${text}_`;
    let key = base;
    let n = this.#taken.get(base) ?? 1;
    while (this.#taken.has(key)) key = `${base}_${++n}`;
    this.#taken.set(base, n);
    this.#taken.set(key, 1);
    return key;
  }
}
