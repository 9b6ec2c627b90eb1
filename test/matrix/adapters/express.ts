import { createServer } from 'node:http';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { ROUTES } from '../app.ts';
import { listen, type Serve } from './adapter.ts';

export const serve: Serve = (app) => {
  const server = express();
  server.get(`${ROUTES}*name`, app.routes.node);
  server.use('/', createExpressMiddleware(app));
  server.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => void res.sendStatus(500));
  return listen(createServer(server));
};
