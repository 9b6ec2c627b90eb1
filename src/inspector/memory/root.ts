import type { Happened, PayloadText } from '../../story/entry.ts';
import { Secrets } from '../text/secrets.ts';

/** One entry, with its number in the order of all entries. */
export interface Stored {
  readonly n: number;
  readonly root: Root;
  readonly happened: Happened;
  /** True for what this process did: its ids get the name of the run before anybody sees them. */
  readonly isOwn: boolean;
}

/** An event that is kept. */
export interface Kept {
  readonly id: string;
  readonly root: Root;
  payload: PayloadText | undefined;
}

/** A call, publish or delivery, and what is kept of all that came of it. */
export class Root {
  readonly id: string;
  bytes = 0;
  isFull = false;
  isGone = false;
  readonly entries: Stored[] = [];
  /** The number of its calls and events. */
  size = 0;
  /** The ids of its calls and attempts. */
  readonly aliases: string[] = [];
  readonly events: Kept[] = [];
  /** The values that were hidden in its payloads. */
  readonly secrets = new Secrets();

  constructor(id: string) {
    this.id = id;
  }
}
