import { batch, effect, signal } from '../signals.ts';
import { token } from './api.ts';

export const VIEWS = { calls: 'Calls', wiring: 'Wiring', publish: 'Publish' };

/** The state that is kept in the fragment of the address, so that it can be shared. The token is not part of it. */
export const address = {
  view: signal('calls'),
  /** The text of the filter. */
  filter: signal(''),
  outcome: signal(''),
  kind: signal(''),
  process: signal(''),
  /** The id of the chosen call, and the key of its chosen row. */
  call: signal(''),
  row: signal(''),
  /** The pane in front if there is no room for all: the list, `timeline` or `detail`. */
  pane: signal(''),
  /** The event that is chosen in Wiring or Publish. */
  event: signal(''),
};

/** Each part of the address, and its value if the address has none. */
const PARTS = Object.entries(address).map(([key, part]) => ({ key, part, initial: part.peek() }));

let isStep = false;

/** Changes the address. A change that the reader may want to go back from is a new step of the browser's history. */
export function change(set: () => void, isNewStep: boolean): void {
  isStep = isNewStep;
  batch(set);
  isStep = false;
}

/** Returns how many steps of the browser's history belong to this page. */
export function stepsBack(): number {
  return Number(history.state ?? 0);
}

/** Counts the tokens that came with an address. */
export const changedToken = signal(0);

function read(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const came = given.get('token');
  if (came !== null) {
    token.set(came);
    given.delete('token');
    history.replaceState(stepsBack(), '', `#${given}`);
    changedToken.value++;
  }
  batch(() => {
    for (const { key, part, initial } of PARTS) part.value = given.get(key) ?? initial;
  });
}

/** Takes the state from the address, and keeps both the same. */
export function followAddress(): void {
  read();
  addEventListener('hashchange', read);
  addEventListener('popstate', read);
  effect(() => {
    const changed = PARTS.filter(({ part, initial }) => part.value !== initial);
    const values = new URLSearchParams(changed.map(({ key, part }) => [key, part.value]));
    const hash = changed.length === 0 ? '' : `#${values}`;
    if (hash === location.hash) return;
    const url = hash || location.pathname + location.search;
    if (isStep) history.pushState(stepsBack() + 1, '', url);
    else history.replaceState(stepsBack(), '', url);
  });
}
