/** The name of the handler that sends a test bus's events back. A recorder shows its deliveries, and it only if it fails. */
export const LOOPBACK = 'loopback';

const LONGEST = 200;

/** Returns a whole value on one line. */
export const shown = (value: unknown) => show(value, Number.POSITIVE_INFINITY);

/** Returns a value on one line, cut if it is long. */
export function valueText(value: unknown): string {
  const text = show(value, LONGEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const DEEPEST = 8;

/** Writes a value, but looks no further after `longest` characters, as a class instance may lead to half the heap. */
function show(value: unknown, longest: number): string {
  let left = longest;
  return any(value, 0);

  function any(value: unknown, depth: number): string {
    if (left-- < 0) return '…';
    if (typeof value === 'object' && value !== null) return object(value, depth);
    const text = primitive(value);
    left -= text.length;
    return text;
  }

  function object(value: object, depth: number): string {
    if (depth > DEEPEST) return '…';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
    if (value instanceof URL || value instanceof Error || value instanceof RegExp) return String(value);
    const inner = (item: unknown) => any(item, depth + 1);
    if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
    if (value instanceof Set) return `Set {${[...value].map(inner).join(', ')}}`;
    if (value instanceof Map)
      return `Map {${[...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`;
    // Matchers such as `expect.any(String)` of vitest and Jest.
    if ('toAsymmetricMatcher' in value && typeof value.toAsymmetricMatcher === 'function')
      return String(value.toAsymmetricMatcher());
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  return Object.is(value, -0) ? '-0' : String(value);
}
