import { signal } from '@preact/signals';

/** The row that the keys act on, while the list has the focus. */
export const cursor = signal('');
