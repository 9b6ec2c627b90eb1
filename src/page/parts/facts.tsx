import type { ComponentChildren } from 'preact';
import { visible } from '../../story/format.ts';
import * as styles from './facts.module.css';

/** Names and values, one below the other. Those without a value are left out. */
export function Facts({ of }: { of: Readonly<Record<string, ComponentChildren>> }) {
  return (
    <dl class={styles.facts}>
      {Object.entries(of).map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{typeof value === 'string' ? visible(value) : value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
