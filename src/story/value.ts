/** A value as `PayloadText` writes it: JSON, and for what JSON can't say an object whose first key is `$`. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Reads a value. Returns `undefined` for what is none. */
export function readValue(text: string | undefined): Value | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined;
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
