/** The parts of the AWS JSON protocol that the server reads and writes. Bytes are base64 there. */
export interface WireAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}
export type WireAttributes = Readonly<Record<string, WireAttribute>>;

/** A message to send, alone or as an entry of a batch. */
export interface SendEntry {
  readonly MessageBody?: string;
  readonly MessageAttributes?: WireAttributes;
  readonly MessageSystemAttributes?: { readonly AWSTraceHeader?: WireAttribute };
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}
export interface Entry extends SendEntry {
  readonly Id: string;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}
/** Everything that a request may have. Each operation reads its own part. */
export interface Input extends SendEntry {
  readonly QueueUrl: string;
  readonly QueueName: string;
  readonly QueueNamePrefix?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly AttributeNames?: readonly string[];
  readonly Entries?: readonly Entry[];
  readonly MaxNumberOfMessages?: number;
  readonly WaitTimeSeconds?: number;
  readonly VisibilityTimeout?: number;
  readonly MessageAttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly ReceiptHandle?: string;
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
}

/** Something that happened to a message. */
export interface LogEntry {
  readonly action: 'send' | 'duplicate' | 'receive' | 'delete' | 'visibility' | 'dead-letter';
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  /** The time at which it happened, in ms since 1970. */
  readonly at: number;
  /** The receipt handle, for `receive`, `delete` and `visibility`. */
  readonly handle?: string | undefined;
  /** The visibility that was given, in seconds, for `receive` and `visibility`. */
  readonly seconds?: number | undefined;
}
