import { once } from 'node:events';
import type { ClientHttp2Session, IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2';
import { Readable } from 'node:stream';

export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** `fetch` over one HTTP/2 session, for tRPC's links. Aborting it resets the stream. */
export function http2Fetch(session: ClientHttp2Session): Fetch {
  return async function fetch(input, init = {}) {
    const { pathname, search } = new URL(input);
    const stream = session.request(
      {
        ...Object.fromEntries(new Headers(init.headers)),
        ':method': init.method ?? 'GET',
        ':path': pathname + search,
      },
      init.signal ? { signal: init.signal } : {},
    );
    stream.end(init.body ?? undefined);
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
    const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':')) as [string, string][];
    return new Response(Readable.toWeb(stream) as ReadableStream, {
      status: headers[':status'] ?? 0,
      headers: plain,
    });
  };
}
