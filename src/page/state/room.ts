import { signal } from '@preact/signals';

/** How many panes stand side by side. */
export const panes = signal<1 | 2 | 3>(3);

export function followWidth(): void {
  const three = matchMedia('(min-width: 1100px)');
  const two = matchMedia('(min-width: 700px)');
  const read = () => {
    panes.value = three.matches ? 3 : two.matches ? 2 : 1;
  };
  read();
  three.addEventListener('change', read);
  two.addEventListener('change', read);
}
