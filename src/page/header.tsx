import { address, VIEWS } from './state/address.ts';
import { eventsPerSecond } from './state/calls.ts';
import { clear } from './state/actions.ts';
import { go } from './state/choice.ts';
import { connection, isPaused, status, WORDS } from './state/connection.ts';
import { said } from './state/said.ts';
import { nextTheme, theme, THEMES } from './state/theme.ts';
import { count } from './parts/count.ts';
import { Mono } from './parts/mono.tsx';
import * as styles from './header.module.css';

export function Header() {
  return (
    <header class={styles.header}>
      <h1 class={styles.title}>trpc-events</h1>
      <nav class={styles.views} aria-label="Views">
        {Object.entries(VIEWS).map(([view, name]) => (
          <a
            key={view}
            href={`#view=${view}`}
            aria-current={address.view.value === view ? 'page' : undefined}
            onClick={(event) => {
              event.preventDefault();
              go(view);
            }}
          >
            {name}
          </a>
        ))}
      </nav>
      <div class={styles.state}>
        <Live />
        <Processes />
        <span class={styles.rate}>{`${count(eventsPerSecond.value, 'event')}/s`}</span>
      </div>
      <div class={styles.buttons}>
        <button
          class="button"
          aria-pressed={isPaused.value}
          aria-keyshortcuts="Space"
          title="space"
          onClick={() => (isPaused.value = !isPaused.value)}
        >
          {isPaused.value ? 'Go on' : 'Pause'}
        </button>
        <button class="button" disabled={!status.value?.actions} onClick={clear}>
          Clear
        </button>
        <Theme />
      </div>
    </header>
  );
}

function Theme() {
  const words = `Theme: ${theme.value}`;
  return (
    <button class="button" title={words} aria-label={words} onClick={nextTheme}>
      {THEMES[theme.value]}
    </button>
  );
}

function Live() {
  const { kind } = connection.value;
  return (
    <span class={styles.live} data-connection={kind}>
      <span class={styles.dot} aria-hidden />
      {WORDS[kind]}
      <span role="status" class="for-readers">
        {said.value}
      </span>
    </span>
  );
}

function Processes() {
  const { value } = status;
  if (value === undefined) return null;
  return (
    <span class={styles.processes}>
      <Mono of={value.process} />
      {value.processes.map(({ name, dropped }) => (
        <span
          key={name}
          title={dropped > 0 ? `${count(dropped, 'entry', 'entries')} of it were dropped.` : undefined}
        >
          <Mono of={name} />
          {dropped > 0 && <span class="tone-amber"> −{dropped.toLocaleString('en')}</span>}
        </span>
      ))}
    </span>
  );
}
