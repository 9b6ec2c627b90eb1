import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import fastify from 'fastify';
import { ROUTES } from '../app.ts';
import type { Serve } from './adapter.ts';

export const serve: Serve = async (app) => {
  const server = fastify({ routerOptions: { maxParamLength: 5000 } });
  await server.register(fastifyTRPCPlugin, { prefix: '/', trpcOptions: app });
  server.get(`${ROUTES}*`, app.routes.fastify);
  return server.listen({ port: 0, host: '127.0.0.1' });
};
