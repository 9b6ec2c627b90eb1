import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { refuse } from './options.ts';

/** The address that the shop listens at. */
export const HOST = '127.0.0.1';
const DEFAULT = 3000;
const TRIES = 100;

/** Returns the port that was asked for, or the first free one from 3000 on. */
export async function freePort(wanted: number | undefined): Promise<number> {
  if (wanted !== undefined) return (await take(wanted)) ?? refuse(`Port ${wanted} is taken.`);
  for (let port = DEFAULT; port < DEFAULT + TRIES; port++) {
    const taken = await take(port);
    if (taken !== undefined) return taken;
  }
  return refuse(
    `The ports from ${DEFAULT} on are taken. Name another: npm run playground -- --port <number>`,
  );
}

async function take(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const taken = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  return taken;
}
