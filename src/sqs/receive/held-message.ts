import type { ReceivedMessage } from '../../queue/types.ts';
import type { SqsQueue } from '../client/sqs-queue.ts';
import type { BatchSender } from './batch-sender.ts';
import type { SqsMessage } from '../client/types.ts';
import { Visibility, type VisibilityChange } from './visibility.ts';

/** A message that was received, until SQS has answered for it. */
export class HeldMessage {
  readonly id: string;
  readonly handle: string;
  /** The group, only on a FIFO queue. Standard queues have groups, too, but those say nothing about the order. */
  readonly group: string | undefined;
  readonly receiveCount: number;
  readonly visibility: Visibility;
  readonly #message: SqsMessage;
  /** True once it was given back while its listeners ran. Their outcome no longer counts. */
  isGivenUp = false;

  constructor(
    message: SqsMessage,
    { queue, visibilityTimeout }: { queue: SqsQueue; visibilityTimeout: number },
    changes: BatchSender<VisibilityChange>,
  ) {
    this.#message = message;
    this.id = message.MessageId ?? '';
    this.handle = message.ReceiptHandle ?? '';
    this.group = queue.address.isFifo ? message.Attributes?.['MessageGroupId'] : undefined;
    this.receiveCount = Number(message.Attributes?.['ApproximateReceiveCount']) || 1;
    this.visibility = new Visibility(this.handle, visibilityTimeout, changes);
  }

  /** The message as a receiver takes it. */
  get received(): ReceivedMessage {
    const sent = Number(this.#message.Attributes?.['SentTimestamp']);
    return {
      text: this.#message.Body ?? '',
      id: this.id,
      attempt: this.receiveCount,
      time: sent > 0 ? new Date(sent) : undefined,
      attributes: textsOf(this.#message.MessageAttributes),
      signal: this.visibility.signal,
      lease: this.visibility,
    };
  }
}

/** Returns the attributes that are texts or numbers. */
function textsOf(attributes: SqsMessage['MessageAttributes'] = {}): Readonly<Record<string, string>> {
  const texts = Object.entries(attributes).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return Object.fromEntries(texts);
}
