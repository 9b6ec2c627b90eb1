import { store, type Store } from './store.ts';

/** What procedures, routes and listeners find on their ctx. */
export interface Context {
  store: Store;
  /** The press of a button that this belongs to. Elsewhere: a session, a tenant, a trace. */
  click: string;
}

/** `click` is as it comes: from a header, a form, the parameters of a connection. */
export function createContext(click: unknown): Context {
  return { store, click: typeof click === 'string' ? click : 'none' };
}
