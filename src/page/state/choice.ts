import { batch } from '@preact/signals';
import { address, step, stepsBack, type View } from './address.ts';
import { panes } from './room.ts';

/** Shows a call. Where there is room for one pane alone, the list makes way for it. */
export function choose(call: string, row = ''): void {
  const change = () => {
    address.call.value = call;
    address.row.value = row;
    address.view.value = 'calls';
    if (panes.peek() < 3) address.pane.value = row === '' ? 'timeline' : 'detail';
  };
  if (panes.peek() === 1) step(change);
  else batch(change);
}

/** Shows a row of the timeline in the detail. */
export function chooseRow(row: string): void {
  const change = () => {
    address.row.value = row;
    if (panes.peek() < 3) address.pane.value = 'detail';
  };
  if (panes.peek() < 3) step(change);
  else change();
}

/** Leads back to the pane before: by the browser's history, where that came from there. */
export function back(): void {
  if (stepsBack() > 0) return history.back();
  address.pane.value = address.pane.value === 'detail' ? 'timeline' : '';
}

export function go(view: View): void {
  if (address.view.peek() !== view) step(() => (address.view.value = view));
}
