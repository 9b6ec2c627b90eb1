import type { IncomingHttpHeaders } from 'node:http';
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

/** Of a request to a route, be it of the app or of the pages router. */
export function requestContext({ headers }: { headers: Headers | IncomingHttpHeaders }): Context {
  return createContext(headers instanceof Headers ? headers.get('x-click') : headers['x-click']);
}

/** Of a server action, which sees the form alone. */
export function formContext(form: FormData): Context {
  return createContext(form.get('click'));
}
