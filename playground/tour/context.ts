import type { IncomingMessage } from 'node:http';
import { db, type Db } from './db.ts';

/** What procedures and listeners find on their ctx. */
export interface Context {
  db: Db;
  /** Who does it: a user's id, from a session or a token elsewhere. */
  actor: string;
}

export function createContext({ req }: { req: IncomingMessage }): Context {
  return { db, actor: req.headers['x-actor']?.toString() ?? 'anonymous' };
}
