import { lineOf } from '../../story/index.ts';
import { TONES } from '../../story/words.ts';
import { address, VIEWS } from '../state/address.ts';
import { callOf } from '../state/calls.ts';
import { choose, go } from '../state/choice.ts';
import { clearFilter } from '../state/filter.ts';
import { togglePin } from '../state/pins.ts';
import { shown } from '../state/shown.ts';
import { showKeys } from './key-table.tsx';
import { focusedPane, focusPane } from './panes.ts';
import { actionOf, hasModifier, reveal, rowId } from './on-key.ts';

/** The time that `g` waits for the letter of a view, in ms. */
const LONGEST_WAIT = 1500;
let wentAt = -Infinity;

/** Listens to the keys that work anywhere on the page. Letters do nothing in a field, or with Ctrl, Alt or Meta. */
export function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || hasModifier(event)) return;
    const at = event.target as HTMLElement;
    if (at.matches('input:not([type=checkbox]), textarea, select') || document.querySelector('dialog[open]'))
      return;
    if (event.key === ' ' && at.matches('button, a, summary, input, [role=tab]')) return;
    const action = actionFor(event.key);
    action?.();
    if (action !== undefined) event.preventDefault();
  });
}

function actionFor(key: string): (() => unknown) | undefined {
  const isAfterG = performance.now() - wentAt < LONGEST_WAIT;
  wentAt = -Infinity;
  // The key of a view is the first letter of its name.
  const view = isAfterG ? Object.keys(VIEWS).find((it) => it.startsWith(key)) : undefined;
  return view === undefined ? (actionOf(key, COMMANDS) ?? pressOf(key)) : () => go(view);
}

/** Finds the button that says that it has this key. */
function pressOf(key: string): (() => void) | undefined {
  const shortcut = CSS.escape(key === ' ' ? 'Space' : key);
  const button = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${shortcut}"]`);
  return button === null ? undefined : () => button.click();
}

const COMMANDS = {
  g: () => (wentAt = performance.now()),
  '/': toFilter,
  Escape: clearFilter,
  '?': showKeys,
  p: () => address.call.peek() !== '' && togglePin(address.call.peek()),
  f: () => toFailed(1),
  F: () => toFailed(-1),
  ArrowDown: enter,
  ArrowUp: enter,
  ArrowLeft: leaveDetail,
};

/** Moves the focus to the list, if no pane has it. */
function enter(): void {
  if (address.view.peek() === 'calls' && focusedPane() === undefined) focusPane('list');
}

function leaveDetail(): void {
  if (focusedPane() === 'detail') focusPane('timeline');
}

function toFilter(): void {
  if (address.view.peek() === 'calls') address.pane.value = '';
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>('input[type=search]');
    field?.focus();
    field?.select();
  });
}

/** Chooses the next call that failed, or the previous one. Older calls are further down. */
function toFailed(by: 1 | -1): void {
  const ids = by === 1 ? shown.peek() : shown.peek().toReversed();
  const others = ids.slice(ids.indexOf(address.call.peek()) + 1);
  const failed = others.find((id) => {
    const call = callOf(id);
    return call !== undefined && TONES[lineOf(call, Date.now()).mark] === 'red';
  });
  if (failed === undefined) return;
  choose(failed);
  reveal(rowId('call', failed));
}
