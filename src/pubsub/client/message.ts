/** The most that Protocol Buffers put around a field, in bytes: its number, and its length. */
export const FIELD = 6;

/** A message of a publish request. */
export interface MessageParts {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/**
 * A message of a publish request. The client would copy a plain object, and look for `{{projectId}}` in each of its texts, to
 * replace it: that costs more than the rest of a request, and would change a text of the application.
 */
export class PubsubMessage implements MessageParts {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;

  constructor({ data, attributes, orderingKey }: MessageParts) {
    this.data = data;
    this.attributes = attributes;
    this.orderingKey = orderingKey;
  }
}
// The client looks into whatever has this method.
Object.defineProperty(PubsubMessage.prototype, 'hasOwnProperty', { value: undefined });
