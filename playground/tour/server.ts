import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { bus } from './bus.ts';
import { createContext } from './context.ts';
import { appRouter } from './router.ts';

/** Starts the shop's server, on a free port if none is given. */
export async function listen(port = 0) {
  const server = createHTTPServer({ router: appRouter, createContext });
  let open = 0;
  server.on('request', (_request, response) => {
    open++;
    response.once('close', () => {
      if (--open === 0) server.emit('quiet');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  /** Resolves when no response is open. */
  async function quiet(): Promise<void> {
    if (open > 0) await once(server, 'quiet');
  }
  /** Closes the server. It takes no more connections, but lets open calls and their listeners finish. */
  async function close(): Promise<void> {
    server.close();
    try {
      await bus.close({ timeout: 10_000 });
      await Promise.race([quiet(), sleep(1000, undefined, { ref: false })]);
    } finally {
      server.closeAllConnections();
    }
  }
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}`, quiet, close };
}
export type Server = Awaited<ReturnType<typeof listen>>;
