import { effect, signal } from '../signals.ts';
import { kept } from './kept.ts';

/** The themes, and the signs that stand for them. */
export const THEMES = { system: '◐', light: '○', dark: '●' };
type Theme = keyof typeof THEMES;
const NAMES = Object.keys(THEMES) as Theme[];
/** The same key as in the shop. */
const last = kept('localStorage', 'theme');

export const theme = signal<Theme>('system');

export function nextTheme(): void {
  theme.value = NAMES[(NAMES.indexOf(theme.value) + 1) % NAMES.length]!;
}

export function followTheme(): void {
  theme.value = NAMES.find((it) => it === last.get()) ?? 'system';
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    last.set(theme.value);
  });
}
