import { token } from './token.ts';

// Vite would take `new URL('…', import.meta.url)` for a file of the page.
const here = import.meta.url;

/** An answer of the server that says no, with its reason. */
export class Refused extends Error {
  readonly status: number;
  readonly body: RefusedBody;

  constructor(status: number, body: RefusedBody) {
    super(body.error ?? `The server has answered with ${status}.`);
    this.status = status;
    this.body = body;
  }
}
interface RefusedBody {
  readonly error?: string;
  readonly issues?: readonly { readonly message: string; readonly path: readonly string[] }[];
}

/** Sends a request to an endpoint, such as `entries`, with the token. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const known = token();
  const headers = {
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
    ...(known !== undefined && { authorization: `Bearer ${known}` }),
  };
  const response = await fetch(new URL(`api/${path}`, here), { ...init, headers });
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as RefusedBody;
  throw new Refused(response.status, body);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, signal && { signal });
  return (await response.json()) as T;
}

export async function post<T>(path: string, body: object): Promise<T> {
  const response = await ask(path, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as T;
}
