/** A stretch of time, in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A stretch in which nothing runs is cut out if it is longer than this, in ms, and than a third of the axis. */
const LONG = 1000;
const PART = 1 / 3;

/**
 * Picks the stretches to cut out of an axis, the longest first. Each cut makes the axis shorter, so the next stretch may
 * then be over a third of it.
 */
export function foldsIn(axis: Span, busy: readonly Span[]): readonly Span[] {
  const folds: Span[] = [];
  let length = axis.to - axis.from;
  const gaps = gapsIn(axis, busy).sort((a, b) => lengthOf(b) - lengthOf(a) || a.from - b.from);
  for (const gap of gaps) {
    if (lengthOf(gap) <= LONG || lengthOf(gap) <= length * PART) break;
    folds.push(gap);
    length -= lengthOf(gap);
  }
  return folds.sort((a, b) => a.from - b.from);
}

export function lengthOf({ from, to }: Span): number {
  return to - from;
}

function gapsIn(axis: Span, busy: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let free = axis.from;
  for (const { from, to } of [...busy].sort((a, b) => a.from - b.from)) {
    if (from > free) gaps.push({ from: free, to: Math.min(from, axis.to) });
    free = Math.max(free, to);
    if (free >= axis.to) return gaps;
  }
  return free < axis.to ? [...gaps, { from: free, to: axis.to }] : gaps;
}
