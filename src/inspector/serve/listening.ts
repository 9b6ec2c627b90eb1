import type { Server } from 'node:http';

/** The server that a state listens on. The last inspector that has asked for it may close it. */
export interface Listening {
  readonly asked: string;
  readonly url: string;
  readonly server: Server;
}
