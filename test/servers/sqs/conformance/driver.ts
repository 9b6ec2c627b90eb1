import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type Message,
  type ReceiveMessageCommandInput,
  type SendMessageBatchRequestEntry,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

type Attributes = Readonly<Record<string, string>>;
type SendInput = Omit<SendMessageCommandInput, 'QueueUrl' | 'MessageBody'>;

/** One check of what SQS does, with the reason why a server by another author is known to fail it. */
export interface SqsCase {
  readonly name: string;
  readonly fauxqs?: string | undefined;
  readonly moto?: string | undefined;
  run(driver: Driver): Promise<void>;
}

/** The field that every error for a bad request has. Its name may vary. */
export const REFUSED = { $fault: 'client' };

export const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

/** Short methods for what the cases ask of a server, with the real client. */
export class Driver {
  readonly client: SQSClient;
  #queues = 0;

  constructor(client: SQSClient) {
    this.client = client;
  }

  /** Makes a queue. Returns its URL. */
  async queue(Attributes: Attributes = {}, ending = ''): Promise<string> {
    const QueueName = `queue-${Date.now()}-${this.#queues++}${ending}`;
    const fifo: Attributes = ending === '.fifo' ? { FifoQueue: 'true' } : {};
    const { QueueUrl } = await this.client.send(
      new CreateQueueCommand({ QueueName, Attributes: { ...fifo, ...Attributes } }),
    );
    return QueueUrl!;
  }

  fifo(Attributes: Attributes = { ContentBasedDeduplication: 'true' }): Promise<string> {
    return this.queue(Attributes, '.fifo');
  }

  async attributes(QueueUrl: string): Promise<Readonly<Record<string, string | undefined>>> {
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await this.client.send(command)).Attributes ?? {};
  }

  async redriveTo(target: string, maxReceiveCount: number): Promise<Attributes> {
    const { QueueArn: deadLetterTargetArn } = await this.attributes(target);
    return {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
    };
  }

  send(QueueUrl: string, MessageBody: string, more: SendInput = {}) {
    return this.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  }

  sendBatch(QueueUrl: string, entries: readonly Partial<SendMessageBatchRequestEntry>[]) {
    const Entries = entries.map((entry, i) => ({ Id: `e${i}`, MessageBody: `b${i}`, ...entry }));
    return this.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }

  async receive(
    QueueUrl: string,
    more: Partial<ReceiveMessageCommandInput> = {},
    abortSignal?: AbortSignal,
  ): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      ...more,
    });
    const { Messages = [] } = await this.client.send(command, abortSignal && { abortSignal });
    return Messages;
  }

  /** Receives one message, which may take a moment to arrive. */
  async receiveOne(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
    const [message] = await this.receive(QueueUrl, { MaxNumberOfMessages: 1, WaitTimeSeconds: 1, ...more });
    if (message === undefined) throw new Error('There is no message to receive.');
    return message;
  }

  delete(QueueUrl: string, ReceiptHandle: string | undefined) {
    return this.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  deleteBatch(QueueUrl: string, handles: readonly (string | undefined)[]) {
    const Entries = handles.map((ReceiptHandle, i) => ({ Id: `e${i}`, ReceiptHandle }));
    return this.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  hide(QueueUrl: string, { ReceiptHandle }: Message, VisibilityTimeout: number) {
    return this.client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }),
    );
  }

  hideBatch(QueueUrl: string, handles: readonly (string | undefined)[], VisibilityTimeout: number) {
    const Entries = handles.map((ReceiptHandle, i) => ({ Id: `e${i}`, ReceiptHandle, VisibilityTimeout }));
    return this.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}
