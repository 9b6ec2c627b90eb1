import type { Server } from 'node:http';
import type { Settings } from '../options.ts';

/** The server that a state listens on. The last inspector that asked for it may close it, and decides who is let in. */
export interface Listening {
  readonly asked: string;
  readonly url: string;
  readonly server: Server;
  settings: Settings;
  /** Aborted to end the streams of this server. */
  readonly ending: AbortController;
}
