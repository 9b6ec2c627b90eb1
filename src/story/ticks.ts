import type { Span } from './fold.ts';
import { duration } from './format.ts';

export interface Tick {
  /** Pixels from the left edge of the axis. */
  readonly x: number;
  /** The text. Only the last label has its unit. All do from ten minutes on, or with ms before a fold and s after it. */
  readonly label: string;
}

/** Ticks stand at least this many px apart. */
const APART = 64;
const MOST = 100;
/** The length from which each label of an axis has its own units: ten minutes, in ms. */
const LONG = 600_000;

/** Picks round numbers on the parts of an axis that are drawn to scale. */
export function ticksOf(
  start: number,
  pieces: readonly { readonly time: Span; readonly px: Span }[],
): readonly Tick[] {
  const marks: { x: number; ms: number }[] = [];
  for (const { time, px } of pieces) {
    const width = px.to - px.from;
    const ms = time.to - time.from;
    if (width <= 0 || ms <= 0) continue;
    const step = stepOf((ms / width) * APART);
    const first = Math.ceil((time.from - start) / step);
    const last = Math.min(first + MOST, Math.floor((time.to - start) / step));
    for (let i = first; i <= last; i++) {
      const x = px.from + ((i * step + start - time.from) / ms) * width;
      const before = marks.at(-1);
      if (before === undefined || x - before.x >= APART) marks.push({ x, ms: i * step });
    }
  }
  const end = marks.at(-1)?.ms ?? 0;
  const steps = marks.map(({ ms }, i) => ms - (marks[i - 1]?.ms ?? 0)).filter((step) => step > 0);
  const [unit, each] = end < 1000 ? ['ms', 1] : ['s', 1000];
  const decimals = Math.min(3, Math.max(0, Math.ceil(-Math.log10(Math.min(...steps) / each))));
  const isMixed = each > 1 && decimals === 3;
  return marks.map(({ x, ms }, i) => {
    if (ms === 0) return { x, label: '0' };
    if (end >= LONG) return { x, label: duration(ms) };
    if (isMixed) return { x, label: ms < each ? `${digits(ms)} ms` : `${digits(ms / each)} ${unit}` };
    const label = (ms / each).toFixed(decimals);
    return { x, label: i === marks.length - 1 ? `${label} ${unit}` : label };
  });
}

/** Writes a number with no more decimals than it needs. */
function digits(value: number): string {
  return String(Number(value.toFixed(3)));
}

function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((step) => step * power >= least) ?? 10);
}
