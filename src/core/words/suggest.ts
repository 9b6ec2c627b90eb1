import { quote } from './quote.ts';

/** Returns the words that a misspelled one probably meant, closest first. */
export function closest(word: string, known: Iterable<string>, most = 3): string[] {
  const limit = Math.max(2, Math.floor(word.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, distance: distance(word, candidate, limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Returns `Did you mean "a" or "b"?` if a known word is close, else a list of the known words. */
export function didYouMean(word: string, known: readonly string[]): string {
  const close = closest(word, known);
  if (close.length > 0) return `Did you mean ${close.map(quote).join(' or ')}?`;
  if (known.length === 0) return 'There are none.';
  const shown = known.slice(0, 10).map(quote).join(', ');
  return known.length > 10 ? `Known are ${shown} and ${known.length - 10} more.` : `Known are ${shown}.`;
}

/** Returns the Levenshtein distance, or `limit + 1` if the lengths already differ by more than `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, substitution));
    }
    above = row;
  }
  return above[b.length]!;
}
