import { inspect, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];
/** A piece of a line: plain, or in a style. */
export type Part = string | readonly [style: Style, text: string];

/** The indent of all lines except titles. */
export const MARGIN = '   ';
/** The least width of a column at the right, in characters. */
const COLUMN = 9;
const width = Math.min(Math.max(process.stdout.columns ?? 80, 60), 100);

/** Prints a line, with columns at its right. Text that is too long for the terminal is cut. */
export function print(parts: readonly Part[], columns: readonly Part[] = []): void {
  const right = columns.map((part) => {
    const text = textOf(part).padStart(COLUMN);
    return { text, painted: paint(part, text) };
  });
  let room = width - right.reduce((sum, { text }) => sum + text.length, 0);
  let left = '';
  for (const part of parts) {
    const text = cut(textOf(part), room);
    left += paint(part, text);
    room -= text.length;
  }
  const line = left + ' '.repeat(room) + right.map(({ painted }) => painted).join('');
  console.log(line.trimEnd());
}

/** Prints a sentence on as many lines as it needs. */
export function printText(text: string, style?: Style): void {
  const room = width - MARGIN.length;
  const lines = text.split('\n').flatMap((paragraph) => {
    const [first = '', ...words] = paragraph.split(' ');
    const lines = [first];
    for (const word of words) {
      const longer = `${lines.at(-1)} ${word}`;
      if (longer.length <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  });
  for (const line of lines) print([MARGIN, style === undefined ? line : [style, line]]);
}

/** Colors text if stdout supports it: on a terminal, or with FORCE_COLOR, and not with NO_COLOR. */
function paint(part: Part, text: string): string {
  return typeof part === 'string' || text === '' ? text : styleText(part[0], text);
}

function textOf(part: Part): string {
  return typeof part === 'string' ? part : part[1];
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(room - 1, 0))}…`;
}

/** Returns a value as it would be written in code, on one line. */
export function literal(value: unknown): string {
  return inspect(value, { breakLength: Infinity, compact: true, depth: 1, maxArrayLength: 2 });
}

/** Returns the end of an id, which is enough to tell it from others. */
export function shortId(id: string): string {
  return id.slice(-4);
}

export function milliseconds(time: number): string {
  return time.toFixed(1);
}

/** Returns milliseconds with a sign: − for before, and + for after. */
export function offset(time: number): string {
  return `${time < 0 ? '−' : '+'}${milliseconds(Math.abs(time))}`;
}
