/**
 * The model of the inspector: entries to calls, and calls to the rows of a timeline. It is pure, and runs in browsers.
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
export { Story } from './build.ts';
export type { End, Entry, ErrorText, EventText, Fact, Happened, PayloadText, Status } from './entry.ts';
export type { Arrival, Attempt, Call, Happening, Run, Send } from './model.ts';
export { rowsOf, type Row } from './rows.ts';
