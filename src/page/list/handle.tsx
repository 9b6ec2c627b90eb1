import * as styles from './handle.module.css';

const LEAST = 220;
const MOST = 640;
const KEY = 'trpc-events.inspector.list';

/** The edge of the list, which may be dragged, or moved by the arrow keys. */
export function Handle() {
  const set = (element: HTMLElement, width: number) => {
    const list = element.parentElement!;
    const within = Math.round(Math.min(Math.max(width, LEAST), MOST));
    list.style.setProperty('--list-width', `${within}px`);
    element.setAttribute('aria-valuenow', String(within));
    try {
      localStorage.setItem(KEY, String(within));
    } catch {
      // The width lasts until the page is left.
    }
  };
  return (
    <div
      ref={(element) => {
        const kept = element && keptWidth();
        if (element && kept) set(element, kept);
      }}
      class={styles.handle}
      role="separator"
      tabIndex={0}
      aria-label="Width of the list"
      aria-orientation="vertical"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={300}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={({ currentTarget, pointerId, clientX }) => {
        if (!currentTarget.hasPointerCapture(pointerId)) return;
        set(currentTarget, clientX - currentTarget.parentElement!.getBoundingClientRect().left);
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(event.currentTarget, event.currentTarget.parentElement!.offsetWidth + by);
      }}
    />
  );
}

function keptWidth(): number {
  try {
    return Number(localStorage.getItem(KEY));
  } catch {
    return 0;
  }
}
