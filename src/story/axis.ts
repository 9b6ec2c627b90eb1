import { barsOf } from './bars.ts';
import { foldsIn, lengthOf, type Span } from './fold.ts';
import { duration } from './format.ts';
import type { Call } from './model.ts';
import { responseOf } from './response.ts';
import type { Row } from './rows.ts';
import { ticksOf, type Tick } from './ticks.ts';

/** The places of times in a timeline, in px from its left edge. */
export interface Axis {
  /** The time at the left edge, in ms since 1970. */
  readonly start: number;
  /** Returns the place of a time, which is in ms since 1970. Later times are never further left. */
  x(at: number): number;
  /** Returns the place of a bar, which is at least 3 px wide and ends within the axis. Without `to`, the bar runs until now. */
  bar(from: number, to: number | undefined): { readonly x: number; readonly width: number };
  /** The stretches that are cut out, each at most 48 px wide. */
  readonly folds: readonly Fold[];
  readonly ticks: readonly Tick[];
  /** The line of the response. Without `x` there is none, and `words` say why. */
  readonly response: { readonly x?: number; readonly words: string };
}

/** A stretch that is cut out: `from` and `to` are in px, `ms` is its time, and `words` say it, such as `// 1 min 4 s`. */
export interface Fold extends Span {
  readonly ms: number;
  readonly words: string;
}

/** A part of the axis, with one scale. */
interface Piece {
  readonly time: Span;
  readonly px: Span;
  readonly isFold: boolean;
}

const FOLD = 48;
const LEAST_BAR = 3;
/** Each side of the response's line has at least this many px, so that both can be seen. */
const LEAST_SIDE = 24;
/** An axis is never shorter than this, in ms. */
const SHORTEST = 10;

/**
 * Lays out a timeline of `width` px for a call, or for several that began together. Long stretches in which nothing runs
 * are folded, and both sides of the response's line are visible, however short. `now` is in ms since 1970.
 *
 * @example
 * ```ts
 * import { axisOf, barsOf, rowsOf, type Call } from 'trpc-events/inspector/story';
 *
 * const layOut = (call: Call, now: number) => {
 *   const rows = rowsOf(call);
 *   const axis = axisOf(call, rows, now, 600);
 *   return rows.map((row) => barsOf(row, now).map(({ from, to }) => axis.bar(from, to)));
 * };
 * ```
 */
export function axisOf(call: Call | readonly Call[], rows: readonly Row[], now: number, width: number): Axis {
  const calls = 'length' in call ? call : [call];
  const response = responseOf(calls);
  const start = Math.min(...calls.map(({ from }) => from), Infinity);
  const axis = { start: Number.isFinite(start) ? start : now, width };
  const busy = rows.flatMap((row) =>
    barsOf(row, now).flatMap((bar) => (isBusy(bar.kind) ? spanOf(bar, now) : [])),
  );
  if (response.at !== undefined) busy.push({ from: response.at, to: response.at });
  const pieces = piecesOf(axis, busy, response.at);
  const x = (at: number) => placeOf(pieces, at);
  const words = response.words;
  return {
    start: axis.start,
    x,
    bar(from, to) {
      const left = Math.min(x(from), Math.max(0, width - LEAST_BAR));
      return { x: left, width: Math.max(LEAST_BAR, x(Math.max(from, to ?? now)) - left) };
    },
    folds: pieces
      .filter(({ isFold }) => isFold)
      .map(({ time, px }) => ({
        from: px.from,
        to: px.to,
        ms: lengthOf(time),
        words: `// ${duration(lengthOf(time))}`,
      })),
    ticks: ticksOf(
      axis.start,
      pieces.filter(({ isFold }) => !isFold),
    ),
    response: response.at === undefined ? { words } : { x: x(response.at), words },
  };
}

/** Returns false while a listener waits for its next attempt or an event is in a queue, because nothing runs then. */
function isBusy(kind: string): boolean {
  return kind !== 'backOff' && kind !== 'queue';
}

function spanOf({ from, to }: { readonly from: number; readonly to: number | undefined }, now: number): Span {
  return { from, to: Math.max(from, to ?? now) };
}

/** Lays out the time left of the response's line, and the time right of it, each with a scale of its own. */
function piecesOf(
  { start, width }: { readonly start: number; readonly width: number },
  busy: readonly Span[],
  sent: number | undefined,
): readonly Piece[] {
  const last = Math.max(start, ...busy.map(({ to }) => to));
  const folds = foldsIn({ from: start, to: last }, busy);
  // Folds take at most half of a narrow axis.
  const fold = Math.min(FOLD, width / 2 / folds.length);
  const shown = last - start - lengthOfAll(folds);
  const end = last + roundUp(shown) - shown;
  const line = sent === undefined ? end : Math.max(start, sent);
  const [left, right] = [sideOf(start, line, folds, fold), sideOf(line, end, folds, fold)] as const;
  const free = width - left.folded - right.folded;
  const fair = left.folded + free * (left.ms / (left.ms + right.ms));
  const least = Math.max(LEAST_SIDE, left.folded);
  const most = width - Math.max(LEAST_SIDE, right.folded);
  const edge = sent === undefined ? width : Math.max(0, Math.min(Math.max(fair, least), most));
  return [...place(left, { from: 0, to: edge }, fold), ...place(right, { from: edge, to: width }, fold)];
}

/** The time on one side of the line: the folds, and what lies between them. */
interface Side {
  readonly spans: readonly { readonly time: Span; readonly isFold: boolean }[];
  /** How many ms are drawn to scale, and how many px the folds take. */
  readonly ms: number;
  readonly folded: number;
}

function sideOf(from: number, to: number, all: readonly Span[], fold: number): Side {
  const folds = all.filter((it) => it.from >= from && it.to <= to);
  const spans = folds.flatMap((time, i) => [
    { time: { from: folds[i - 1]?.to ?? from, to: time.from }, isFold: false },
    { time, isFold: true },
  ]);
  spans.push({ time: { from: folds.at(-1)?.to ?? from, to }, isFold: false });
  return { spans, ms: to - from - lengthOfAll(folds), folded: folds.length === 0 ? 0 : fold * folds.length };
}

function lengthOfAll(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + lengthOf(span), 0);
}

function place({ spans, ms, folded }: Side, px: Span, fold: number): readonly Piece[] {
  const scale = ms === 0 ? 0 : Math.max(0, lengthOf(px) - folded) / ms;
  let at = px.from;
  return spans.map(({ time, isFold }, i) => {
    const from = at;
    at += isFold ? fold : lengthOf(time) * scale;
    // The last piece ends at the edge, whatever was lost in rounding.
    if (i === spans.length - 1) at = px.to;
    return { time, px: { from, to: at }, isFold };
  });
}

function placeOf(pieces: readonly Piece[], at: number): number {
  // The last piece that has begun by then. If two begin at the same moment, it is the one on the right.
  const piece = pieces.findLast(({ time }) => time.from <= at);
  if (piece === undefined) return 0;
  const { time, px } = piece;
  const part = time.to > time.from ? Math.min(1, (at - time.from) / lengthOf(time)) : 1;
  return px.from + part * lengthOf(px);
}

const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Rounds up the length of an axis, so that its scale stays the same for a while as bars grow. */
function roundUp(ms: number): number {
  const least = Math.max(ms, SHORTEST);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (STEPS.find((step) => step * power >= least) ?? 10);
}
