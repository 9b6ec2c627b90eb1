import type { ReactNode } from 'react';
import styles from './shop.module.css';

/** Cards of a kind, under a heading. */
export function CardGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
