import type { ComponentChildren } from 'preact';
import { onKey } from '../keys/on-key.ts';
import { useSignal } from '../live.ts';
import * as styles from './tabs.module.css';

/** The names of tabs, and what each shows. */
export type Tabs = Readonly<Record<string, () => ComponentChildren>>;

/** Tabs that the arrow keys choose from. `of` says what they are about. If it changes, the first tab is chosen. */
export function TabbedPane({ tabs, of }: { tabs: Tabs; of: string }) {
  const chosen = useSignal({ of, name: '' });
  const names = Object.keys(tabs);
  const at = Math.max(0, chosen.value.of === of ? names.indexOf(chosen.value.name) : 0);
  const current = names[at]!;
  const go = (to: number) => {
    if (to < 0) return false; // The key then leads back to the previous pane.
    const name = names[Math.min(to, names.length - 1)]!;
    chosen.value = { of, name };
    document.getElementById(`tab-${name}`)?.focus();
    return true;
  };
  return (
    <div id="pane-detail" class={styles.all}>
      <div
        class={styles.tabs}
        role="tablist"
        onKeyDown={(event) =>
          onKey(event, {
            ArrowRight: () => go(at + 1),
            ArrowLeft: () => go(at - 1),
            ArrowDown: () =>
              document.querySelector<HTMLElement>("#panel :is([tabindex='0'], button, summary)")?.focus(),
          })
        }
      >
        {names.map((name, i) => (
          <button
            key={name}
            role="tab"
            id={`tab-${name}`}
            aria-selected={i === at}
            aria-controls="panel"
            tabIndex={i === at ? 0 : -1}
            onClick={() => go(i)}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="scroller" role="tabpanel" id="panel" aria-labelledby={`tab-${current}`} tabIndex={-1}>
        {tabs[current]!()}
      </div>
    </div>
  );
}
