import type { Value } from '../../story/value.ts';
import { shapeOf, type Shape } from './value.ts';

/** A branch with more parts than these is closed until it is opened. */
const MOST_OPEN = 20;
/** The number of parts of a branch that are shown at first, and with each `show more`. */
export const AT_ONCE = 100;
/** The number of rows up to which branches open by themselves. */
const MOST_ROWS = 200;

export interface ValueRow extends Shape {
  readonly path: string;
  readonly depth: number;
  readonly key?: string;
  /** Only a branch is open or closed. */
  readonly isOpen?: boolean;
  /** How many parts of the branch at this path are not shown, in place of a value. */
  readonly more?: number;
}

/** The parts that the reader has opened or closed, and how many are shown, by paths. */
export interface Opened {
  readonly open: ReadonlyMap<string, boolean>;
  readonly most: ReadonlyMap<string, number>;
}

/** Lists the rows of a tree. What is closed is not looked at, so that a payload of a megabyte opens at once. */
export function valueRows(value: Value, { open, most }: Opened): ValueRow[] {
  const rows: ValueRow[] = [];
  const add = (value: Value, path: string, depth: number, key?: string): void => {
    const shape = shapeOf(value);
    const { size = 0, parts } = shape;
    const at = { path, depth, ...(key !== undefined && { key }) };
    if (parts === undefined) return void rows.push({ ...shape, ...at });
    const isOpen = open.get(path) ?? (size > 0 && size <= MOST_OPEN && rows.length < MOST_ROWS);
    rows.push({ ...shape, ...at, isOpen });
    if (!isOpen) return;
    const shown = most.get(path) ?? AT_ONCE;
    for (const part of parts().slice(0, shown)) add(part.value, `${path}/${part.key}`, depth + 1, part.key);
    if (size > shown)
      rows.push({ kind: 'note', text: '', path: `${path}/`, depth: depth + 1, more: size - shown });
  };
  add(value, '', 0);
  return rows;
}
