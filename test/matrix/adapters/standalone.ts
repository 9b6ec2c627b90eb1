import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { listen, type Serve } from './adapter.ts';

export const serve: Serve = (app) => listen(createHTTPServer(app));
