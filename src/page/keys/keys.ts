import { lineOf } from '../../story/index.ts';
import { address } from '../state/address.ts';
import { callOf } from '../state/calls.ts';
import { choose, go } from '../state/choice.ts';
import { isPaused } from '../state/connection.ts';
import { clearFilter } from '../state/filter.ts';
import { togglePin } from '../state/pins.ts';
import { shown } from '../state/shown.ts';
import { rowId } from '../list/row-id.ts';
import { rowCommands } from './commands.ts';
import { isTableOpen } from './key-table-state.ts';
import { focusedPane, focusPane } from './panes.ts';

/** A `g` waits so long, in ms, for the letter of a view. */
const LONGEST_WAIT = 1500;
let wentAt = -Infinity;

/** Listens to the keys that work anywhere on the page. Letters do nothing in a field, or with Ctrl, Alt or Meta. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const at = event.target as HTMLElement;
    if (at.matches('input:not([type=checkbox]), textarea, select, [contenteditable]') || isTableOpen.peek())
      return;
    if (event.key === ' ' && at.matches('button, a, summary, input, [role=tab]')) return;
    if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  const isAfterG = performance.now() - wentAt < LONGEST_WAIT;
  wentAt = -Infinity;
  if (isAfterG && key in VIEWS) {
    go(VIEWS[key as keyof typeof VIEWS]);
    return true;
  }
  const command = COMMANDS[key];
  command?.();
  return command !== undefined;
}

const VIEWS = { c: 'calls', w: 'wiring', p: 'publish' } as const;

const COMMANDS: Readonly<Record<string, () => void>> = {
  g: () => (wentAt = performance.now()),
  '/': () => toFilter(),
  Escape: () => clearFilter(),
  '?': () => (isTableOpen.value = true),
  ' ': () => (isPaused.value = !isPaused.peek()),
  p: () => address.call.peek() !== '' && togglePin(address.call.peek()),
  c: () => rowCommands.copy?.(),
  r: () => rowCommands.redeliver?.(),
  f: () => toFailed(1),
  F: () => toFailed(-1),
  ArrowDown: () => enter(),
  ArrowUp: () => enter(),
  j: () => enter(),
  k: () => enter(),
  h: () => leaveDetail(),
  ArrowLeft: () => leaveDetail(),
};

/** The keys of rows lead into the list from anywhere outside of it. */
function enter(): void {
  if (address.view.peek() === 'calls' && focusedPane() === undefined) focusPane('list');
}

function leaveDetail(): void {
  if (document.activeElement?.closest('[role=tabpanel], [role=tablist]')) focusPane('timeline');
}

function toFilter(): void {
  if (address.view.peek() === 'calls') address.pane.value = '';
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    field?.focus();
    field?.select();
  });
}

/** Chooses the next call that failed, or the one before: older ones stand further down. */
function toFailed(by: 1 | -1): void {
  const ids = shown.peek();
  const now = Date.now();
  const start = ids.indexOf(address.call.peek());
  for (let i = start === -1 && by === -1 ? ids.length - 1 : start + by; i >= 0 && i < ids.length; i += by) {
    const call = callOf(ids[i]!);
    if (call === undefined || !['failed', 'refused'].includes(lineOf(call, now).mark)) continue;
    choose(call.id);
    document.getElementById(rowId(call.id))?.scrollIntoView({ block: 'nearest' });
    return;
  }
}
