/** The part of an SQSClient that is called. The package itself is not named here: declarations must not need it. */
export interface SqsClient {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** A message attribute as the AWS SDK takes it. */
export interface MessageAttribute {
  readonly DataType: 'String' | 'Number' | 'Binary';
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}
export type MessageAttributes = Record<string, MessageAttribute>;

/** An entry of SendMessageBatch. */
export interface SendEntry {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes: MessageAttributes;
  readonly MessageGroupId: string | undefined;
  readonly MessageDeduplicationId: string | undefined;
  readonly DelaySeconds: number | undefined;
}
/** An entry of DeleteMessageBatch. */
export interface DeleteEntry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}
/** An entry of ChangeMessageVisibilityBatch. */
export interface VisibilityEntry extends DeleteEntry {
  readonly VisibilityTimeout: number;
}
/** A failed entry of a batch, in an answer with status 200. Some servers return `SenderFault` as a string. */
export interface FailedEntry {
  readonly Id?: string | undefined;
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
  readonly SenderFault?: unknown;
}
/** The answer to a batch. An answer without failures may lack their list. */
export interface BatchResult {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly FailedEntry[] | undefined;
}

/** The parts of an SQS message that are read. */
export interface SqsMessage {
  readonly MessageId?: string | undefined;
  readonly ReceiptHandle?: string | undefined;
  readonly Body?: string | undefined;
  readonly Attributes?: Readonly<Record<string, string | undefined>> | undefined;
  readonly MessageAttributes?:
    | Readonly<Record<string, { readonly StringValue?: string | undefined }>>
    | undefined;
}
