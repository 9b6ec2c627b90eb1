/** A value as `PayloadText` writes it: JSON, with an object whose first key is `$` for what JSON can't hold. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Reads a value. Returns `undefined` if the text is not JSON. */
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
