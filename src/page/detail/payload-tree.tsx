import { visible } from '../../story/format.ts';
import type { Value } from '../../story/value.ts';
import { onKey, reveal, treeKeys } from '../keys/on-key.ts';
import { useSignal } from '../live.ts';
import { AT_ONCE, valueRows, type ValueRow } from './tree-rows.ts';
import * as styles from './payload-tree.module.css';

const LONGEST = 500;

/** A value as a tree, opened part by part. */
export function PayloadTree({ value, label }: { value: Value; label: string }) {
  const open = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const most = useSignal<ReadonlyMap<string, number>>(new Map());
  const whole = useSignal<ReadonlySet<string>>(new Set());
  const cursor = useSignal('');
  const rows = valueRows(value, { open: open.value, most: most.value });
  const at = Math.max(
    0,
    rows.findIndex(({ path }) => path === cursor.value),
  );
  const id = (i: number) => `${label}-${i}`;

  const act = ({ path, more, isOpen, kind }: ValueRow) => {
    const branch = path.slice(0, -1);
    if (more !== undefined)
      most.value = new Map(most.value).set(branch, (most.value.get(branch) ?? AT_ONCE) + AT_ONCE);
    else if (isOpen !== undefined) open.value = new Map(open.value).set(path, !isOpen);
    else if (kind === 'text') whole.value = new Set(whole.value).add(path);
  };
  const go = (to: number) => {
    cursor.value = rows[to]!.path;
    reveal(id(to));
  };
  const keys = treeKeys({ rows, at, go, toggle: (at) => act(rows[at]!) });
  return (
    <div
      class={`rows mono ${styles.tree}`}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={id(at)}
      onKeyDown={(event) => onKey(event, { ...keys, Enter: () => act(rows[at]!) })}
    >
      {rows.map((row, i) => (
        <div
          key={row.path}
          id={id(i)}
          class={styles.row}
          role="treeitem"
          aria-level={row.depth + 1}
          aria-expanded={row.isOpen}
          aria-selected={i === at}
          style={{ paddingLeft: `${12 + row.depth * 14}px` }}
          onClick={() => {
            cursor.value = row.path;
            if (row.kind !== 'text') act(row);
          }}
        >
          <span class="twist" />
          {row.key !== undefined && <span class={styles.key}>{visible(row.key)}</span>}
          {row.more === undefined ? (
            <Shown row={row} isWhole={whole.value.has(row.path)} onShowAll={() => act(row)} />
          ) : (
            <span class="link soft">
              show {Math.min(AT_ONCE, row.more)} more of {row.more.toLocaleString('en')}
            </span>
          )}
        </div>
      ))}
    </div>
  );
}

function Shown({ row, isWhole, onShowAll }: { row: ValueRow; isWhole: boolean; onShowAll: () => void }) {
  const { kind, text, of } = row;
  if (kind !== 'text')
    return (
      <span class={kind === 'note' ? styles.note : kind === 'branch' ? 'soft' : ''}>{visible(text)}</span>
    );
  const isLong = text.length > LONGEST && !isWhole;
  return (
    <span class={styles.text}>
      "{visible(isLong ? text.slice(0, LONGEST) : text)}
      {isLong || of !== undefined ? '…' : '"'}
      {isLong && (
        <button class={`link ${styles.note}`} tabIndex={-1} onClick={onShowAll}>
          show all {text.length.toLocaleString('en')} signs
        </button>
      )}
      {of !== undefined && !isLong && (
        <span class={styles.note}> cut here, of {of.toLocaleString('en')} signs</span>
      )}
    </span>
  );
}
