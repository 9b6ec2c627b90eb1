import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

export type CodeName = keyof typeof status;

/** An error that the server answers with. */
export class PubsubError extends Error {
  readonly code: status;
  readonly metadata: Metadata | undefined;

  constructor(code: CodeName, message: string, metadata?: Metadata) {
    super(message);
    this.code = status[code];
    this.metadata = metadata;
  }

  toStatus(): Partial<StatusObject> {
    const { code, message: details, metadata } = this;
    return { code, details, ...(metadata !== undefined && { metadata }) };
  }
}

export const invalid = (message: string) => new PubsubError('INVALID_ARGUMENT', message);
export const unknownTopic = (name: string) =>
  new PubsubError('NOT_FOUND', `Resource not found (resource=${name}).`);
export const unknownSubscription = (name: string) =>
  new PubsubError('NOT_FOUND', `Resource not found (resource=${name}).`);
export const exists = (name: string) =>
  new PubsubError('ALREADY_EXISTS', `Resource already exists in the project (resource=${name}).`);

/**
 * Makes the error of an exactly-once subscription, with a reason for each ack id that failed. All other ids of the
 * request have succeeded.
 */
export function ackFailures(reasons: Readonly<Record<string, string>>): PubsubError {
  const message =
    'Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have expired or the acknowledgement ids were malformed.';
  const entries = Object.entries(reasons).map(([id, reason]) =>
    field(3, Buffer.concat([field(1, id), field(2, reason)])),
  );
  const info = [field(1, 'EXACTLY_ONCE_ACKID_FAILURE'), field(2, 'pubsub.googleapis.com'), ...entries];
  const detail = [field(1, 'type.googleapis.com/google.rpc.ErrorInfo'), field(2, Buffer.concat(info))];
  const code = Buffer.from([0x08, status.INVALID_ARGUMENT]);
  const metadata = new Metadata();
  metadata.set(
    'grpc-status-details-bin',
    Buffer.concat([code, field(2, message), field(3, Buffer.concat(detail))]),
  );
  return new PubsubError('INVALID_ARGUMENT', message, metadata);
}

/** Encodes a field of a protobuf message that has a length: a text, bytes or a message. */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as Buffer);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
