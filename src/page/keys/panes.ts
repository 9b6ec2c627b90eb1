export type Pane = 'list' | 'timeline' | 'detail';

/** Gives the focus to a pane, as soon as it is drawn. */
export function focusPane(pane: Pane): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(`pane-${pane}`);
    const target = pane === 'detail' ? element?.querySelector<HTMLElement>('[aria-selected=true]') : element;
    target?.focus({ preventScroll: true });
  });
}

/** The pane that has the focus. */
export function focusedPane(): Pane | undefined {
  const at = document.activeElement;
  for (const pane of ['list', 'timeline', 'detail'] as const) {
    if (at?.closest(`#pane-${pane}`)) return pane;
  }
  return undefined;
}
