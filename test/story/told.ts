import {
  Story,
  axisOf,
  describeRow,
  rowsOf,
  type Call,
  type Entry,
  type Row,
} from '../../src/story/index.ts';
import type { Inspector } from '../../src/inspector/index.ts';
import { entriesOf } from '../inspector/inspected.ts';

export function storyOf(entries: readonly Entry[]): Story {
  const story = new Story();
  for (const entry of entries) story.add(entry);
  return story;
}

/** Returns the calls that an inspector knows of. */
export async function callsOf(inspector: Inspector): Promise<readonly Call[]> {
  return storyOf(await entriesOf(inspector)).calls;
}

export const clock = () => performance.timeOrigin + performance.now();

/** Returns each row of a call in a line: its mark, its name, its words. */
export function linesOf(call: Call, now = clock()): string[] {
  return rowsOf(call).map((row) => lineOfRow(row, now));
}

function lineOfRow(row: Row, now: number): string {
  const { mark, name, words } = describeRow(row, now);
  return `${'  '.repeat(row.depth)}${mark} ${name} | ${words}`;
}

export const axisOfCall = (call: Call, width = 600, now = clock()) => axisOf(call, rowsOf(call), now, width);

type Fields = Record<string, unknown>;
const LATER: Record<string, string> = { dispatched: 'success' };
let told = 0;
/** Makes an entry as an inspector would, for what a test can't make happen at the right time. */
export function entry(kind: string, at: number, fields: Fields = {}): Entry {
  const id = `run.${++told}`;
  const event = kind === 'dispatched' || kind === 'arrived' ? { correlationId: 'c', depth: 0 } : {};
  return {
    kind,
    at,
    id,
    root: 'run.0',
    process: 'web',
    when: LATER[kind],
    ...event,
    ...fields,
  } as unknown as Entry;
}
