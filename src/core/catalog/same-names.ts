import type { EventShape } from '../types/catalog.ts';
import { quote } from '../words/quote.ts';

/** The sorted names of each shape as one text, so that their order doesn't matter. No name has a space. */
const signatures = new WeakMap<EventShape, string>();

/** Returns true if two catalogs have the same event names. Copies of one module make such catalogs, with other schemas. */
export function haveSameNames(one: EventShape, other: EventShape): boolean {
  return one === other || signatureOf(one) === signatureOf(other);
}

/**
 * Returns true if one catalog may be an edit of the other: at least half of all their event names are in both. With fewer,
 * it belongs to another application, or is the small catalog of a part.
 */
export function areVersions(one: EventShape, other: EventShape): boolean {
  const missing = onlyIn(one, other).length;
  const common = Object.keys(one).length - missing;
  return common >= missing + onlyIn(other, one).length;
}

function signatureOf(shape: EventShape): string {
  let signature = signatures.get(shape);
  if (signature === undefined) signatures.set(shape, (signature = Object.keys(shape).sort().join(' ')));
  return signature;
}

/** Returns a few of the names that only the first catalog has, quoted; `undefined` if there are none. */
export function namesOnlyIn(one: EventShape, other: EventShape): string | undefined {
  const names = onlyIn(one, other);
  if (names.length === 0) return undefined;
  const shown = names.slice(0, 3).map(quote).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

const onlyIn = (one: EventShape, other: EventShape) =>
  Object.keys(one).filter((name) => !Object.hasOwn(other, name));
