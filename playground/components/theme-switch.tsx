'use client';

import { useSyncExternalStore } from 'react';
import { THEME_KEY } from './theme.ts';
import styles from './theme-switch.module.css';

const THEMES = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['system', 'System'],
] as const;
type Theme = (typeof THEMES)[number][0];

const changed = new EventTarget();

function subscribe(notify: () => void): () => void {
  changed.addEventListener('change', notify);
  return () => changed.removeEventListener('change', notify);
}

function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function choose(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(THEME_KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(THEME_KEY, theme);
  }
  changed.dispatchEvent(new Event('change'));
}

export function ThemeSwitch() {
  const theme = useSyncExternalStore(subscribe, currentTheme, () => 'system');
  return (
    <fieldset className={styles.switch}>
      <legend className="hidden">Theme</legend>
      {THEMES.map(([value, label]) => (
        <label key={value}>
          <input type="radio" name="theme" checked={theme === value} onChange={() => choose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
