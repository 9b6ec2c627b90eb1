import { effect, signal } from '../signals.ts';
import { kept } from './kept.ts';

const THEMES = ['system', 'light', 'dark'] as const;
/** The same key as in the shop. */
const last = kept('localStorage', 'theme');

export const theme = signal<(typeof THEMES)[number]>('system');

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
}

export function followTheme(): void {
  theme.value = THEMES.find((it) => it === last.get()) ?? 'system';
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    last.set(theme.value);
  });
}
