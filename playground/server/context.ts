import type { IncomingHttpHeaders } from 'node:http';
import { store, type Store } from './store.ts';

/** What procedures, routes and listeners find on their ctx. */
export interface Context {
  store: Store;
  /** The press of a button that caused this. In your application, it may be a session, a tenant or a trace. */
  click: string;
}

/** Makes the ctx. `click` may be anything, because it comes from a header, a form or connection parameters. */
export function createContext(click: unknown): Context {
  return { store, click: typeof click === 'string' ? click : 'none' };
}

/** Makes the ctx of a route's request, for both the app router and the pages router. */
export function requestContext({ headers }: { headers: Headers | IncomingHttpHeaders }): Context {
  return createContext(headers instanceof Headers ? headers.get('x-click') : headers['x-click']);
}

/** Makes the ctx of a server action, which sees only the form. */
export function formContext(form: FormData): Context {
  return createContext(form.get('click'));
}
