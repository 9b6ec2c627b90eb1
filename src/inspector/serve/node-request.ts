import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './answers.ts';

/** Answers a request of Node with a function that takes only a web `Request`. Never rejects. */
export async function answerNode(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  respond: (request: Request) => Promise<Response>,
): Promise<void> {
  const ended = new AbortController();
  outgoing.on('close', () => ended.abort());
  outgoing.on('error', () => ended.abort());
  try {
    const request = requestOf(incoming, ended.signal);
    const response = await (request === undefined ? BAD_REQUEST.answer() : respond(request));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body !== null) await write(response.body, outgoing, ended.signal);
    outgoing.end();
    // The rest of the body is thrown away, so that the client gets to read the answer.
    if (!incoming.complete) incoming.resume();
  } catch {
    outgoing.destroy();
  }
}

const BAD_REQUEST = new Refusal(400, 'This is no request.');

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { url = '', method = 'GET', headers } = incoming;
  // An absolute target may name any host.
  if (!url.startsWith('/')) return undefined;
  const given = Object.entries(headers).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  try {
    // The host is read only from the header.
    return new Request(`http://localhost${url}`, {
      method,
      headers: given,
      signal,
      ...(hasBody && { body: bodyOf(incoming), duplex: 'half' }),
    });
  } catch {
    return undefined;
  }
}

/** Returns the body, which is read only on demand. `Readable.toWeb` would cut the connection if the rest is not read. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on('data', (chunk: Uint8Array) => {
        controller.enqueue(chunk);
        incoming.pause();
      });
      incoming.on('end', () => controller.close());
      incoming.on('error', (error) => controller.error(error));
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      incoming.removeAllListeners('data');
      incoming.removeAllListeners('end');
      incoming.resume();
    },
  });
}

async function write(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  while (!signal.aborted) {
    const { done, value } = (await reader.read()) as { done: boolean; value: Uint8Array };
    if (done) return;
    if (outgoing.write(value)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        outgoing.off('drain', done).off('close', done);
        resolve();
      };
      outgoing.on('drain', done).on('close', done);
    });
  }
  await reader.cancel();
}
