import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { expectConsole } from '../setup/console.ts';
import type { Inspector } from '../../src/inspector/create-inspector.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: any;
}
export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}
/** A running inspector: the origin and the path of its endpoints, and its token. */
export interface Served extends AsyncDisposable {
  readonly origin: string;
  readonly base: string;
  readonly token: string;
  /** Sends exactly these headers, which `fetch` would not. */
  ask(path: string, asked?: Asked): Promise<Answer>;
  /** Sends a GET request with the token, as the page does. */
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Serves an inspector on a port of its own. */
export async function listening(inspector: Inspector): Promise<Served> {
  const lines = expectConsole();
  const server = await inspector.listen({ port: 0 });
  const url = new URL(server.url);
  if (!lines.some((line) => line.includes(server.url))) throw new Error('it did not print its address');
  return served(url.origin, '', tokenOf(server.url), () => server.close());
}

/** Serves the handler of an inspector, as an application of Hono does on Node. */
export async function mounted(inspector: Inspector, token = ''): Promise<Served> {
  const server = createServer(getRequestListener(inspector.handler));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return served(`http://127.0.0.1:${port}`, '/inspector', token, close);
}

export function tokenOf(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';
}

function served(origin: string, base: string, token: string, close: () => Promise<void>): Served {
  const ask = (path: string, asked: Asked = {}) => send(origin, path, asked);
  const authorization = `Bearer ${token}`;
  return {
    origin,
    base,
    token,
    ask: (path, asked) => ask(base + path, asked),
    get: (path) => ask(base + path, { headers: { authorization } }),
    post: (path, body, headers = {}) =>
      ask(base + path, {
        method: 'POST',
        headers: { authorization, origin, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: close,
  };
}

function send(origin: string, path: string, { method = 'GET', headers = {}, body }: Asked): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers: { connection: 'close', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const isJson = response.headers['content-type'] === 'application/json' && text !== '';
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
