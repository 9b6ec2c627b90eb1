const LONGEST = 200;

/** A value on one line, all of it. */
export const shown = (value: unknown) => show(value, 0);

/** A value on one line, cut where it is long. */
export function valueText(value: unknown): string {
  const text = show(value, 0);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const DEEPEST = 8;

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > DEEPEST) return '…';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  const inner = (item: unknown) => show(item, depth + 1);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (value instanceof Set) return `Set {${[...value].map(inner).join(', ')}}`;
  if (value instanceof Map)
    return `Map {${[...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`;
  // Such as `expect.any(String)` of vitest and Jest.
  if ('toAsymmetricMatcher' in value && typeof value.toAsymmetricMatcher === 'function')
    return String(value.toAsymmetricMatcher());
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
