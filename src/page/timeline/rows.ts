import { keyOf, type Row } from '../../story/index.ts';

export interface TreeRow {
  readonly row: Row;
  readonly key: string;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
}

/** Leaves out what stands below rows that are closed. */
export function treeRows(rows: readonly Row[], closed: ReadonlySet<string>): TreeRow[] {
  const seen: TreeRow[] = [];
  let hiddenBelow = Infinity;
  rows.forEach((row, i) => {
    if (row.depth > hiddenBelow) return;
    const key = keyOf(row);
    const hasChildren = (rows[i + 1]?.depth ?? 0) > row.depth;
    const isOpen = !closed.has(key);
    hiddenBelow = isOpen ? Infinity : row.depth;
    seen.push({ row, key, hasChildren, isOpen });
  });
  return seen;
}
