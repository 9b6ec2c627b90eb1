import type { ComponentChildren } from 'preact';
import { visible } from '../../story/format.ts';
import * as styles from './facts.module.css';

export type Fact = readonly [name: string, value: ComponentChildren] | false | undefined;

/** Names and values, one below the other. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class={styles.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>{fact[0]}</dt>
              <dd>{typeof fact[1] === 'string' ? visible(fact[1]) : fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
