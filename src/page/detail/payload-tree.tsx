import { useSignal } from '@preact/signals';
import { visible } from '../../story/format.ts';
import { moveIn } from '../keys/move.ts';
import { count } from '../parts/count.ts';
import { AT_ONCE, valueRows, type Opened, type ValueRow } from './tree-rows.ts';
import type { Value } from './value.ts';
import * as styles from './payload-tree.module.css';

const LONGEST = 500;

/** A value as a tree, opened part by part. */
export function PayloadTree({ value, label }: { value: Value; label: string }) {
  const opened = useSignal<Opened>({ open: new Map(), most: new Map() });
  const cursor = useSignal('');
  const whole = useSignal<ReadonlySet<string>>(new Set());
  const rows = valueRows(value, opened.value);

  const set = (path: string, isOpen: boolean) => {
    opened.value = { ...opened.value, open: new Map(opened.value.open).set(path, isOpen) };
  };
  const showMore = (path: string) => {
    const most = new Map(opened.value.most);
    most.set(path, (most.get(path) ?? AT_ONCE) + AT_ONCE);
    opened.value = { ...opened.value, most };
  };
  const act = (row: ValueRow) => {
    if (row.more !== undefined) showMore(row.path.slice(0, -1));
    else if (row.shape.kind === 'branch') set(row.path, !row.isOpen);
    else if (row.shape.kind === 'text') whole.value = new Set(whole.value).add(row.path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ path }) => path === cursor.value);
    const row = rows[Math.max(at, 0)]!;
    const next = moveIn(event, at, rows.length, 10);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isBranch = row.shape.kind === 'branch' && row.more === undefined;
    if (next !== undefined) {
      cursor.value = rows[next]!.path;
      document.getElementById(itemId(label, next))?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'ArrowRight' || event.key === 'l') {
      if (isBranch && !row.isOpen) set(row.path, true);
    } else if (event.key === 'ArrowLeft' || event.key === 'h') {
      const parent = rows.slice(0, Math.max(at, 0)).findLast(({ depth }) => depth < row.depth);
      if (isBranch && row.isOpen) set(row.path, false);
      else if (parent === undefined) return;
      else cursor.value = parent.path;
    } else if (event.key === 'Enter') act(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const active = rows.findIndex(({ path }) => path === cursor.value);
  return (
    <div
      class={styles.tree}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={itemId(label, Math.max(active, 0))}
      onKeyDown={onKeyDown}
    >
      {rows.map((row, i) => (
        <div
          key={row.path}
          id={itemId(label, i)}
          class={styles.row}
          role="treeitem"
          aria-level={row.depth + 1}
          aria-expanded={row.shape.kind === 'branch' && row.more === undefined ? row.isOpen : undefined}
          aria-selected={i === Math.max(active, 0)}
          style={{ '--depth': row.depth }}
          onClick={() => {
            cursor.value = row.path;
            if (row.shape.kind === 'branch') act(row);
          }}
        >
          {row.more === undefined ? (
            <>
              <svg class={styles.twist} viewBox="0 0 16 16" aria-hidden>
                {row.shape.kind === 'branch' && <path d={row.isOpen ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />}
              </svg>
              {row.key !== undefined && <span class={styles.key}>{visible(row.key)}</span>}
              <Shown row={row} isWhole={whole.value.has(row.path)} onShowAll={() => act(row)} />
            </>
          ) : (
            <span class={styles.more}>
              show {Math.min(AT_ONCE, row.more)} more of {row.more.toLocaleString('en')}
            </span>
          )}
        </div>
      ))}
    </div>
  );
}

const itemId = (label: string, i: number) => `${label.toLowerCase()}-${i}`;

function Shown({ row, isWhole, onShowAll }: { row: ValueRow; isWhole: boolean; onShowAll: () => void }) {
  const { shape } = row;
  switch (shape.kind) {
    case 'branch': {
      const { open, close, size, one, many } = shape.branch;
      return (
        <span class={styles.count}>
          {open} {size === 0 ? '' : `${count(size, one, many)} `}
          {close}
        </span>
      );
    }
    case 'text': {
      const isLong = shape.text.length > LONGEST && !isWhole;
      return (
        <span class={styles.text}>
          "{visible(isLong ? shape.text.slice(0, LONGEST) : shape.text)}
          {isLong || shape.of !== undefined ? '…' : '"'}
          {isLong && (
            <button type="button" class={`link ${styles.all}`} tabIndex={-1} onClick={onShowAll}>
              show all {shape.text.length.toLocaleString('en')} signs
            </button>
          )}
          {shape.of !== undefined && !isLong && (
            <span class={styles.note}> cut here, of {shape.of.toLocaleString('en')} signs</span>
          )}
        </span>
      );
    }
    case 'plain':
      return <span>{visible(shape.text)}</span>;
    default:
      return <span class={styles.note}>{visible(shape.text)}</span>;
  }
}
