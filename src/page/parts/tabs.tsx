import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import * as styles from './tabs.module.css';

export interface Tab {
  readonly name: string;
  readonly show: () => ComponentChildren;
}

/** Tabs, of which the arrow keys choose one. `of` says what they are of: another one begins with its first tab. */
export function Tabs({ tabs, of, id }: { tabs: readonly Tab[]; of: string; id: string }) {
  const chosen = useSignal({ of, name: '' });
  const name = chosen.value.of === of ? chosen.value.name : '';
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.name === name),
  );
  const current = tabs[at]!;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'j') {
      event.preventDefault();
      return document
        .querySelector<HTMLElement>(`#${id}-panel :is([tabindex='0'], button, summary)`)
        ?.focus();
    }
    const by = { ArrowRight: 1, ArrowLeft: -1, l: 1, h: -1 }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = at + by;
    if (next < 0) return; // It leads back to the pane before.
    event.preventDefault();
    event.stopPropagation();
    const to = tabs[Math.min(next, tabs.length - 1)]!;
    chosen.value = { of, name: to.name };
    document.getElementById(`${id}-${to.name}`)?.focus();
  };
  return (
    <div id={id} class={styles.all}>
      <div class={styles.tabs} role="tablist" onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-${tab.name}`}
            aria-selected={tab === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => (chosen.value = { of, name: tab.name })}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div
        class={styles.panel}
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${current.name}`}
        tabIndex={-1}
      >
        {current.show()}
      </div>
    </div>
  );
}
