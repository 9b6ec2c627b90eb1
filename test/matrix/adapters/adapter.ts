import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { App } from '../app.ts';

/** Serves the application on a free port, until the process ends. Returns its address. */
export type Serve = (app: App) => Promise<string>;

export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
