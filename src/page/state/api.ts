import { kept } from './kept.ts';

// Vite would take `new URL('…', import.meta.url)` for a file of the page.
const here = import.meta.url;

/** The token of this tab. There is none if the page was opened without one, as behind `authorize`. */
export const token = kept('sessionStorage', 'trpc-events.inspector.token');

export const NO_ANSWER = 'The server does not answer.';

/** A refusal by the server, with its reason. Without a status, there was no answer. */
export class Refused extends Error {
  readonly status: number | undefined;
  readonly issues: readonly Issue[] | undefined;

  constructor(words: string, status?: number, issues?: readonly Issue[]) {
    super(words);
    this.status = status;
    this.issues = issues;
  }
}
export interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

/**
 * Sends a request to an endpoint, such as `entries`, with the token.
 *
 * @throws Refused, and whatever `stop` was aborted with.
 */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const authorization = token.get();
  const headers = {
    ...(init.body && { 'content-type': 'application/json' }),
    ...(authorization && { authorization: `Bearer ${authorization}` }),
  };
  const response = await fetch(new URL(`api/${path}`, here), { ...init, headers }).catch(() => {
    throw new Refused(NO_ANSWER);
  });
  if (response.ok) return response;
  const { error = `The server has answered with ${response.status}.`, issues } = (await response
    .json()
    .catch(() => ({}))) as { error?: string; issues?: Issue[] };
  throw new Refused(error, response.status, issues);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, signal && { signal });
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: object): Promise<T> {
  const response = await ask(path, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as T;
}
