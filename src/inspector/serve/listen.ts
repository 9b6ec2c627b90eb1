import type { Server } from 'node:http';
import { builtin } from '../../core/host/builtin.ts';
import { isProduction } from '../../core/host/environment.ts';
import { printLine } from '../../core/report/line.ts';
import { EventsError } from '../../core/words/errors.ts';
import { aString, readOptions } from '../../core/words/options.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { Settings } from '../options.ts';
import type { InspectorState } from '../state.ts';
import type { Mount } from './guard.ts';
import { isSame } from './hosts.ts';
import type { Listening } from './listening.ts';
import type { InspectorServer, ListenOptions } from './server.ts';
import { answerNode } from './node-request.ts';
import { respond } from './respond.ts';

const MOST_TRIES = 100;

/**
 * Listens on a port of its own until it is closed. It doesn't keep the process alive. An inspector that was made again
 * gets the existing server.
 *
 * @throws EventsError `BAD_OPTION` for wrong options, in production, or if no port is free
 */
export async function listenOn(
  state: InspectorState,
  settings: Settings,
  options: ListenOptions | undefined,
): Promise<InspectorServer> {
  const { port = 4983, host = '127.0.0.1' } = readOptions('inspector.listen', options, {
    port: { ok: (v) => Number.isInteger(v) && Number(v) >= 0 && Number(v) < 65_536, words: 'a port' },
    host: aString,
  });
  if (isProduction()) {
    throw new EventsError(
      'BAD_OPTION',
      'inspector.listen is for development. In production, use inspector.handler and the option authorize.',
    );
  }
  const asked = `${host} ${port}`;
  const kept = state.listening;
  if (kept?.asked !== asked || !kept.server.listening) {
    if (kept !== undefined) await close(state, kept);
    state.listening = await begin(state, settings, asked, port, host);
    printLine(`inspector: ${state.listening.url}`);
  }
  const lease = {};
  state.lease = lease;
  const listening = state.listening!;
  listening.settings = settings;
  const done = async () => {
    if (state.lease === lease) await close(state, listening);
  };
  return { url: listening.url, close: done, [Symbol.asyncDispose]: done };
}

async function begin(
  state: InspectorState,
  settings: Settings,
  asked: string,
  first: number,
  host: string,
): Promise<Listening> {
  const http = builtin<typeof import('node:http')>('node:http');
  if (http === undefined)
    throw new EventsError('BAD_OPTION', 'inspector.listen needs Node: mount handler instead.');
  for (let port = first; ; port++) {
    const hosts: string[] = [];
    const ending = new AbortController();
    // Each open stream listens to this signal, so there may be many listeners.
    builtin<typeof import('node:events')>('node:events')?.setMaxListeners(0, ending.signal);
    const server = http.createServer((request, response) => {
      const mount: Mount = {
        base: '',
        isListening: true,
        settings: listening.settings,
        ending: ending.signal,
        isKnownHost: (given) =>
          [...hosts, ...listening.settings.allowedHosts].some((known) => isSame(known, given)),
      };
      void answerNode(request, response, (made) => respond(state, made, mount));
    });
    server.requestTimeout = 30_000;
    server.unref();
    server.on('connection', (socket) => socket.unref());
    try {
      await started(server, port, host);
    } catch (error) {
      const isTaken = (error as { code?: unknown }).code === 'EADDRINUSE';
      if (isTaken && port < first + MOST_TRIES && port < 65_535) continue;
      throw new EventsError('BAD_OPTION', `inspector.listen: ${causeOf(error)}`, { cause: error });
    }
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    const name = host.includes(':') ? `[${host}]` : host;
    hosts.push(...['127.0.0.1', 'localhost', '[::1]', name].map((known) => `${known}:${bound}`));
    const url = `http://${name}:${bound}/#token=${state.token}`;
    const listening: Listening = { asked, url, server, settings, ending };
    return listening;
  }
}

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(state: InspectorState, { server, ending }: Listening): Promise<void> {
  if (state.listening?.server === server) state.listening = undefined;
  ending.abort();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // A client that doesn't read would keep the server open.
    server.closeAllConnections();
  });
}
