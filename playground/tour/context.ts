import type { IncomingMessage } from 'node:http';
import { db, type Db } from './db.ts';

/** What procedures and listeners find on their ctx. */
export interface Context {
  db: Db;
  /** The id of the user who calls. A real application takes it from a session or a token. */
  actor: string;
}

export function createContext({ req }: { req: IncomingMessage }): Context {
  return { db, actor: req.headers['x-actor']?.toString() ?? 'anonymous' };
}
