import { keyOf, type Row } from '../../story/index.ts';

export interface TreeRow {
  readonly row: Row;
  readonly key: string;
  readonly depth: number;
  /** `undefined` for a row with no others below it, and for the call itself, which is always open. */
  readonly isOpen: boolean | undefined;
}

/** Leaves out the rows below closed ones. */
export function treeRows(rows: readonly Row[], closed: ReadonlySet<string>): TreeRow[] {
  const seen: TreeRow[] = [];
  let hiddenBelow = Infinity;
  rows.forEach((row, i) => {
    const { depth } = row;
    if (depth > hiddenBelow) return;
    const key = keyOf(row);
    const hasChildren = depth > 0 && (rows[i + 1]?.depth ?? 0) > depth;
    hiddenBelow = closed.has(key) ? depth : Infinity;
    seen.push({ row, key, depth, isOpen: hasChildren ? !closed.has(key) : undefined });
  });
  return seen;
}
