import { signal } from '@preact/signals';

export const isTableOpen = signal(false);
