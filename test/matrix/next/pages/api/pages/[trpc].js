import { createNextApiHandler } from '@trpc/server/adapters/next';
import { app } from '../../../server.js';

export default createNextApiHandler(app);
