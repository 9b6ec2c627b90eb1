import { onKey } from '../keys/on-key.ts';
import { kept } from '../state/kept.ts';
import * as styles from './handle.module.css';

const LEAST = 220;
const MOST = 640;
const width = kept('localStorage', 'trpc-events.inspector.list');

/** The edge of the list, which may be dragged, or moved by the arrow keys. */
export function Handle() {
  return (
    <div
      ref={(handle) => {
        const last = Number(width.get());
        if (handle && last) resize(handle, last);
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
        if (currentTarget.hasPointerCapture(pointerId))
          resize(currentTarget, clientX - listOf(currentTarget).getBoundingClientRect().left);
      }}
      onKeyDown={(event) => {
        const by = (px: number) => () =>
          resize(event.currentTarget, listOf(event.currentTarget).offsetWidth + px);
        onKey(event, { ArrowLeft: by(-16), ArrowRight: by(16) });
      }}
    />
  );
}

const listOf = (handle: HTMLElement) => handle.parentElement!;

function resize(handle: HTMLElement, to: number): void {
  const px = String(Math.round(Math.min(Math.max(to, LEAST), MOST)));
  listOf(handle).style.setProperty('--list-width', `${px}px`);
  handle.setAttribute('aria-valuenow', px);
  width.set(px);
}
