import { createServer } from 'node:http';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { listen, type Serve } from './adapter.ts';

export const serve: Serve = (app) => {
  const server = express();
  server.use('/', createExpressMiddleware(app));
  return listen(createServer(server));
};
