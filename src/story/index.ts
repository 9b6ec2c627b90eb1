/**
 * The model of the inspector. It turns entries into calls, and calls into the rows, words and axis of a timeline. It is
 * pure, and runs in browsers.
 *
 * @example
 * ```ts
 * import { createInspector } from 'trpc-events/inspector';
 * import { Story } from 'trpc-events/inspector/story';
 *
 * const inspector = createInspector();
 * const story = new Story();
 * for await (const entry of inspector.follow()) story.add(entry);
 * ```
 *
 * @module
 */
export { axisOf, type Axis, type Fold } from './axis.ts';
export { barsOf, type Bar } from './bars.ts';
export { Story } from './build.ts';
export { describeRow } from './describe-row.ts';
export type { End, Entry, ErrorText, EventText, Fact, Happened, PayloadText, Status } from './entry.ts';
export { parseFilter, type Filter } from './filter.ts';
export { clockTime, duration, inOneUnit, shortId } from './format.ts';
export { lineOf, type Line } from './line.ts';
export type { Arrival, Attempt, Call, Happening, Report, Run, Send } from './model.ts';
export { keyOf, rowsOf, type Row } from './rows.ts';
export { isOver, summarize, type Circumstances, type Summary } from './summary.ts';
export type { Tick } from './ticks.ts';
export { MARKS, type Described, type Mark, type MarkName } from './words.ts';
