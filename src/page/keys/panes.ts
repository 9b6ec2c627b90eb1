export type Pane = 'list' | 'timeline' | 'detail';

/** Gives the focus to a pane, as soon as it is drawn. */
export function focusPane(pane: Pane): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(`pane-${pane}`);
    const target = pane === 'detail' ? element?.querySelector<HTMLElement>('[aria-selected=true]') : element;
    target?.focus({ preventScroll: true });
  });
}

/** Returns the pane that has the focus. */
export function focusedPane(): Pane | undefined {
  return document.activeElement?.closest('[id^=pane-]')?.id.slice('pane-'.length) as Pane | undefined;
}
