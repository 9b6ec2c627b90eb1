import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import type { Serve } from './adapter.ts';

export const serve: Serve = async (app) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss: server, ...app });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
