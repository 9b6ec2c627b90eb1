import type { PayloadText } from '../../story/entry.ts';
import { Secrets } from '../text/secrets.ts';

/** A call, publish or delivery, and what is kept of all that came of it. */
export class Root {
  readonly id: string;
  bytes = 0;
  isFull = false;
  /** The numbers of its entries. */
  readonly entries: number[] = [];
  /** The number of its calls and events. */
  size = 0;
  /** All ids by which it is found. */
  readonly aliases: string[] = [];
  /** The kept events, by their ids. */
  readonly payloads = new Map<string, PayloadText>();
  /** The values that were hidden in its payloads. */
  readonly secrets = new Secrets();

  constructor(id: string) {
    this.id = id;
  }

  /** Later payloads of the call may have said what must be hidden in this one. */
  payloadOf(event: string): PayloadText | undefined {
    const payload = this.payloads.get(event);
    return payload && { text: this.secrets.scrubJson(payload.text), isCut: payload.isCut };
  }
}
