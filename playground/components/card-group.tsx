import type { ReactNode } from 'react';
import styles from './shop.module.css';

/** Shows a group of cards under a heading. */
export function CardGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
