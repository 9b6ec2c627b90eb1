import { createServer } from 'node:http2';
import { createHTTP2Handler } from '@trpc/server/adapters/standalone';
import { listen, type Serve } from './adapter.ts';

export const serve: Serve = (app) => {
  const handler = createHTTP2Handler(app as never);
  const server = createServer((request, response) => {
    // tRPC sets these headers for streams. HTTP/2 has no such headers, and with them the response is never written.
    const setHeader = response.setHeader.bind(response);
    response.setHeader = (name, value) => {
      if (!/^(connection|transfer-encoding)$/i.test(name)) setHeader(name, value);
    };
    handler(request, response);
  });
  return listen(server);
};
