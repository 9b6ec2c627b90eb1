import { address, VIEWS } from './state/address.ts';
import { eventsPerSecond } from './state/calls.ts';
import { clear } from './state/actions.ts';
import { go } from './state/choice.ts';
import { connection, isPaused, status } from './state/connection.ts';
import { said } from './state/said.ts';
import { nextTheme, theme } from './state/theme.ts';
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

/** The part of the circle that is filled, for each theme. */
const FILLED = { system: 'M8 2a6 6 0 0 1 0 12Z', light: '', dark: 'M8 2a6 6 0 0 0 0 12 6 6 0 0 0 0-12Z' };

function Theme() {
  const words = `Theme: ${theme.value}`;
  return (
    <button class={`button ${styles.theme}`} title={words} aria-label={words} onClick={nextTheme}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden>
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d={FILLED[theme.value]} fill="currentColor" />
      </svg>
    </button>
  );
}

const WORDS = {
  live: 'live',
  connecting: 'connecting',
  paused: 'paused',
  noToken: 'no token',
  broken: 'no answer',
};

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
        <span key={name} title={dropped > 0 ? `${count(dropped, 'entry', 'entries')} of it were dropped.` : undefined}>
          <Mono of={name} />
          {dropped > 0 && <span class="tone-amber"> −{dropped.toLocaleString('en')}</span>}
        </span>
      ))}
    </span>
  );
}
