import { shapeOf, type Branch, type Shape, type Value } from './value.ts';

/** A branch with more parts than these is closed until it is opened. */
export const MOST_OPEN = 20;
/** So many parts of a branch are shown at first, and with each `show more`. */
export const AT_ONCE = 100;
/** Branches open by themselves until so many rows are there. */
const MOST_ROWS = 200;

export interface ValueRow {
  readonly path: string;
  readonly depth: number;
  readonly key: string | undefined;
  readonly shape: Shape;
  readonly isOpen: boolean;
  /** How many parts of it are not shown. */
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
  const add = (key: string | undefined, value: Value, path: string, depth: number): void => {
    const shape = shapeOf(value);
    if (shape.kind !== 'branch') return void rows.push({ path, depth, key, shape, isOpen: false });
    const { branch } = shape;
    const isOpen = open.get(path) ?? opensItself(branch, rows.length);
    rows.push({ path, depth, key, shape, isOpen });
    if (!isOpen) return;
    const count = most.get(path) ?? AT_ONCE;
    const parts = branch.parts();
    for (const part of parts.slice(0, count)) add(part.key, part.value, `${path}/${part.key}`, depth + 1);
    const more = parts.length - count;
    if (more > 0)
      rows.push({ path: `${path}/`, depth: depth + 1, key: undefined, shape, isOpen: false, more });
  };
  add(undefined, value, '', 0);
  return rows;
}

function opensItself({ size }: Branch, rows: number): boolean {
  return size > 0 && size <= MOST_OPEN && rows < MOST_ROWS;
}
