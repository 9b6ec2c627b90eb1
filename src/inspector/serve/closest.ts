interface Listener {
  readonly name: string;
  readonly patterns: readonly string[];
}

const MOST = 3;

/** Finds the patterns that an event nearly matches, by the number of letters that differ. */
export function closestPatterns(
  event: string,
  listeners: readonly Listener[],
): readonly { readonly pattern: string; readonly listener: string }[] {
  return listeners
    .flatMap(({ name, patterns }) =>
      patterns.map((pattern) => ({
        pattern,
        listener: name,
        distance: distance(event, pattern.replaceAll('*', '')),
      })),
    )
    .filter(({ distance }) => distance <= Math.max(3, event.length / 2))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST);
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
