/** The most bytes that Protocol Buffers put around a field, for its number and its length. */
export const FIELD = 6;

/** The parts of a message in a publish request. */
export interface MessageParts {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/**
 * A message of a publish request. The client would copy a plain object, and replace `{{projectId}}` in each of its strings.
 * That costs more than the rest of a request, and would change the application's strings.
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
// The client only looks into objects that have this method.
Object.defineProperty(PubsubMessage.prototype, 'hasOwnProperty', { value: undefined });
