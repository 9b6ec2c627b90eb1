/** `9 ms`, `2.0 s`: for a figure on its own. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export type Unit = 'ms' | 's';
/** One unit for a column: that of its longest time. */
export function unitOf(longest: number): Unit {
  return longest < 1000 ? 'ms' : 's';
}

/** A number of a column, whose unit stands beside it. */
export function inUnit(ms: number, unit: Unit): string {
  return unit === 'ms' ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** `18:04:05.123`, where the reader is. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `01a2…9f3c` */
export function shortId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}

const STEPS = [1, 2, 3, 4, 6, 8, 10];
/** The end of an axis that holds this many ms: a round number, and so is its half. */
export function axisEnd(ms: number): number {
  const least = Math.max(ms, 10);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (STEPS.find((step) => step * power >= least) ?? 10);
}
