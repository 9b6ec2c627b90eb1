import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

type FetchHandler = (request: Request) => Promise<Response>;

/** Puts a fetch handler behind a Node server, as frameworks do. */
export function createFetchServer(handler: FetchHandler): Server {
  return createServer((request, response) => void answer(handler, request, response));
}

async function answer(handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse) {
  const leaving = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) leaving.abort();
  });
  const { method = 'GET', headers, url = '/' } = incoming;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const request = new Request(`http://127.0.0.1${url}`, {
    method,
    headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    signal: leaving.signal,
    body: hasBody ? await buffer(incoming) : null,
  });
  const response = await handler(request);
  outgoing.writeHead(response.status, [...response.headers].flat());
  outgoing.flushHeaders();
  if (response.body === null) return outgoing.end();
  // A client that goes away makes the pipeline fail, and nobody needs that error.
  return pipeline(Readable.fromWeb(response.body as never), outgoing).catch(() => {});
}
