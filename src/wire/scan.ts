const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const LIST = 91;
const OBJECT = 123;

/**
 * Returns true if a text, which need not be JSON, has more than `most` items and keys. Parsing and checking so many takes
 * long, even if the text is short.
 */
export function hasMoreValues(text: string, most: number): boolean {
  if (text.length < 2 * most) return false;
  let values = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) isInString = !isInString;
    else if (isInString) {
      if (char === BACKSLASH) i++;
    } else if ((char === COMMA || char === LIST || char === OBJECT) && ++values > most) return true;
  }
  return false;
}
