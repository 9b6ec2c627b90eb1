import { signal } from '../signals.ts';
import { address, change, stepsBack } from './address.ts';

/** The number of panes that fit side by side. */
export const panes = signal(3);

export function followWidth(): void {
  const queries = [matchMedia('(min-width: 700px)'), matchMedia('(min-width: 1100px)')];
  const read = () => (panes.value = 1 + queries.filter(({ matches }) => matches).length);
  for (const query of queries) query.addEventListener('change', read);
  read();
}

/** Shows a call. If there is room for only one pane, it replaces the list. */
export function choose(call: string): void {
  change(() => {
    address.call.value = call;
    address.row.value = '';
    address.view.value = 'calls';
    if (panes.peek() < 3) address.pane.value = 'timeline';
  }, panes.peek() === 1);
}

/** Shows a row of the timeline in the detail. */
export function chooseRow(row: string): void {
  change(() => {
    address.row.value = row;
    if (panes.peek() < 3) address.pane.value = 'detail';
  }, panes.peek() < 3);
}

/** Goes back to the previous pane, through the browser's history if it has a step of this page. */
export function back(): void {
  if (stepsBack() > 0) history.back();
  else address.pane.value = address.pane.value === 'detail' ? 'timeline' : '';
}

export function go(view: string): void {
  if (address.view.peek() !== view) change(() => (address.view.value = view), true);
}
