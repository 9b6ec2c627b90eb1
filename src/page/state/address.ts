import { batch, effect, signal, type Signal } from '@preact/signals';
import { keepToken } from './token.ts';

export const VIEWS = ['calls', 'wiring', 'publish'] as const;
export type View = (typeof VIEWS)[number];

const text = () => signal('');

/** All that stands in the fragment of the address, so that it can be passed on. The token never does. */
export const address = {
  view: signal<string>('calls'),
  /** The text of the filter. */
  filter: text(),
  outcome: text(),
  kind: text(),
  process: text(),
  /** The id of the chosen call, and the key of its chosen row. */
  call: text(),
  row: text(),
  /** The pane in front, where there is no room for all: the list, `timeline` or `detail`. */
  pane: text(),
  /** The event that is chosen in Wiring or Publish. */
  event: text(),
} satisfies Record<string, Signal<string>>;

type Key = keyof typeof address;
const KEYS = Object.keys(address) as Key[];
const DEFAULTS: Partial<Record<Key, string>> = { view: 'calls' };

/** Makes the next change a new step of the browser's history. */
let isStep = false;

/** Follows a change that the reader may want to go back from. */
export function step(change: () => void): void {
  isStep = true;
  batch(change);
  isStep = false;
}

function read(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const token = given.get('token');
  if (token !== null) {
    keepToken(token);
    given.delete('token');
    history.replaceState(stepsBack(), '', `#${given}`);
    changedToken.value++;
  }
  batch(() => {
    for (const key of KEYS) address[key].value = given.get(key) ?? DEFAULTS[key] ?? '';
  });
}

/** Counts the tokens that came in by an address. */
export const changedToken = signal(0);

/** How many steps of the browser's history are those of this page. */
export function stepsBack(): number {
  return Number(history.state ?? 0);
}

function written(): string {
  const values = new URLSearchParams();
  for (const key of KEYS) {
    const { value } = address[key];
    if (value !== (DEFAULTS[key] ?? '')) values.set(key, value);
  }
  return values.size === 0 ? '' : `#${values}`;
}

/** Takes the state from the address, and keeps both the same. */
export function followAddress(): void {
  read();
  addEventListener('hashchange', read);
  addEventListener('popstate', read);
  effect(() => {
    const hash = written();
    if (hash === location.hash) return;
    const url = hash === '' ? location.pathname + location.search : hash;
    const steps = stepsBack();
    if (isStep) history.pushState(steps + 1, '', url);
    else history.replaceState(steps, '', url);
  });
}
