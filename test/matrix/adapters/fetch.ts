import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { ROUTES } from '../app.ts';
import { listen, type Serve } from './adapter.ts';

type Handle = (request: Request) => Promise<Response>;
interface Runtimes {
  readonly Bun?: { serve(options: { port: number; hostname: string; fetch: Handle }): { url: URL } };
  readonly Deno?: {
    serve(
      options: { port: number; hostname: string; onListen(): void },
      handle: Handle,
    ): { addr: { port: number } };
  };
}

/** Uses the runtime's own server. Node.js has none that speaks `Request` and `Response`, so `respond` converts. */
export const serve: Serve = async (app) => {
  const handle: Handle = (req) =>
    new URL(req.url).pathname.startsWith(ROUTES)
      ? app.routes.fetch(req)
      : fetchRequestHandler({ ...app, endpoint: '', req });
  const { Bun, Deno } = globalThis as Runtimes;
  const at = { port: 0, hostname: '127.0.0.1' };
  if (Bun !== undefined) return Bun.serve({ ...at, fetch: handle }).url.href;
  if (Deno !== undefined) {
    const { addr } = Deno.serve({ ...at, onListen() {} }, handle);
    return `http://127.0.0.1:${addr.port}`;
  }
  return listen(createServer((request, response) => void respond(handle, request, response)));
};

async function respond(handle: Handle, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const leaving = new AbortController();
  outgoing.once('close', () => leaving.abort());
  const request = new Request(`http://localhost${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: incoming.headers as Record<string, string>,
    signal: leaving.signal,
    ...(incoming.method === 'POST' && { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' }),
  });
  const answer = await handle(request).catch(() => new Response(null, { status: 500 }));
  const { status, headers, body } = answer;
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(body as never), outgoing).catch(() => {}); // the client has left
}
