'use client';

import type { KeyboardEvent, ReactNode } from 'react';
import styles from './action-card.module.css';
import type { ActionId, CardText } from './cards.ts';
import { useShopContext } from './shop.tsx';

interface Props extends Pick<CardText, 'title' | 'says' | 'button'> {
  id: ActionId;
  isFirst: boolean;
  /** The card's code, rendered on the server. */
  children: ReactNode;
}

export function ActionCard({ id, isFirst, title, says, button, children }: Props) {
  const { presses, press } = useShopContext();
  const isLast = presses.list[0]?.action === id;
  return (
    <article className={styles.card} data-last={isLast || undefined} aria-labelledby={`${id}-title`}>
      <div className={styles.head}>
        <div>
          <h3 id={`${id}-title`}>{title}</h3>
          <p>{says}</p>
        </div>
        <button
          type="button"
          className={styles.button}
          data-action={id}
          data-first={isFirst || undefined}
          onClick={() => press(id)}
          onKeyDown={moveFocus}
        >
          {button}
        </button>
      </div>
      {children}
    </article>
  );
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Moves the focus from card to card with the arrow keys. */
function moveFocus(event: KeyboardEvent<HTMLButtonElement>): void {
  const step = STEPS[event.key];
  // Arrow keys with a modifier belong to the browser: Alt with an arrow goes back in its history.
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('button[data-action]')];
  buttons.at((buttons.indexOf(event.currentTarget) + step) % buttons.length)?.focus();
}
