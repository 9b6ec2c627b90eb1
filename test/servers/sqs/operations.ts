import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { checkRange, MAX_BYTES, sizeOf } from './checks.ts';
import { sqsError, SqsError, unknownQueue } from './errors.ts';
import type { Faults } from './faults.ts';
import { pick, Queue, type QueueSet } from './queue.ts';
import type { Entry, Input } from './types.ts';

type Operation = (input: Input, socket: Socket) => unknown;

/** A server's queues, by name. */
interface Queues extends QueueSet {
  readonly queues: Map<string, Queue>;
  readonly faults: Faults;
  readonly origin: () => string;
}

/** Makes the operations of a server. */
export function operationsOf(set: Queues): Readonly<Record<string, Operation>> {
  const { queues, faults } = set;
  const byUrl = (url: string): Queue => {
    const queue = queues.get(url.split('/').at(-1)!);
    if (queue === undefined) throw unknownQueue();
    return queue;
  };
  const byArn = (arn: string | undefined) => queues.get(arn?.split(':').at(-1) ?? '');
  const batch = (operation: string, entries: readonly Entry[] | undefined, run: (entry: Entry) => object) =>
    runBatch(entries, (entry) => {
      faults.throwIfJudged(entry, operation);
      return run(entry);
    });

  return {
    CreateQueue({ QueueName, Attributes }) {
      const queue = queues.get(QueueName) ?? new Queue(QueueName, set.origin(), set, Attributes);
      queues.set(QueueName, queue);
      return { QueueUrl: queue.url };
    },
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: byUrl(QueueName).url }),
    DeleteQueue: ({ QueueUrl }) => void queues.delete(byUrl(QueueUrl).name),
    ListQueues({ QueueNamePrefix = '' }) {
      const found = [...queues.values()].filter(({ name }) => name.startsWith(QueueNamePrefix));
      return { QueueUrls: found.map(({ url }) => url) };
    },
    GetQueueAttributes({ QueueUrl, AttributeNames }) {
      const queue = byUrl(QueueUrl);
      const { visible, inFlight, delayed } = queue.counts;
      const counted = {
        QueueArn: queue.arn,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      };
      return { Attributes: pick({ ...queue.attributes, ...counted }, AttributeNames) };
    },
    SetQueueAttributes: ({ QueueUrl, Attributes }) =>
      void Object.assign(byUrl(QueueUrl).attributes, Attributes),
    PurgeQueue: ({ QueueUrl }) => void (byUrl(QueueUrl).messages = []),
    SendMessage: (input) => byUrl(input.QueueUrl).send(input),
    SendMessageBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      const size = (Entries ?? []).reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (size > MAX_BYTES)
        throw sqsError('BatchRequestTooLong', `Batch requests cannot be longer than ${MAX_BYTES} bytes.`);
      return batch('SendMessageBatch', Entries, (entry) => queue.send(entry));
    },
    ReceiveMessage: (input, socket) => receive(byUrl(input.QueueUrl), input, socket),
    DeleteMessage: ({ QueueUrl, ReceiptHandle }) => byUrl(QueueUrl).remove(ReceiptHandle),
    DeleteMessageBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      return batch('DeleteMessageBatch', Entries, (entry) => (queue.remove(entry.ReceiptHandle), {}));
    },
    ChangeMessageVisibility: ({ QueueUrl, ReceiptHandle, VisibilityTimeout = 0 }) =>
      byUrl(QueueUrl).changeVisibility(ReceiptHandle, VisibilityTimeout),
    ChangeMessageVisibilityBatch({ QueueUrl, Entries }) {
      const queue = byUrl(QueueUrl);
      return batch('ChangeMessageVisibilityBatch', Entries, (entry) => {
        queue.changeVisibility(entry.ReceiptHandle, entry.VisibilityTimeout ?? 0);
        return {};
      });
    },
    ListDeadLetterSourceQueues({ QueueUrl }) {
      const { arn } = byUrl(QueueUrl);
      const found = [...queues.values()].filter(({ redrive }) => redrive?.deadLetterTargetArn === arn);
      return { queueUrls: found.map(({ url }) => url) };
    },
    StartMessageMoveTask({ SourceArn, DestinationArn }) {
      const source = byArn(SourceArn);
      for (const message of source?.messages ?? []) {
        const target = byArn(DestinationArn ?? message.system['DeadLetterQueueSourceArn']);
        if (target !== undefined) source!.move(message, target);
      }
      return { TaskHandle: randomUUID() };
    },
  };
}

function runBatch(entries: readonly Entry[] | undefined, run: (entry: Entry) => object) {
  if (entries === undefined || entries.length === 0)
    throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  if (new Set(entries.map(({ Id }) => Id)).size !== entries.length)
    throw sqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  if (!entries.every(({ Id }) => /^[\w-]{1,80}$/.test(Id)))
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      const { code, message, status } = error;
      const Code = code.replace('AWS.SimpleQueueService.', '');
      Failed.push({ Id: entry.Id, SenderFault: status < 500, Code, Message: message });
    }
  }
  return { Successful, Failed };
}

function receive(queue: Queue, input: Input, socket: Socket): unknown {
  const { MaxNumberOfMessages, WaitTimeSeconds } = input;
  checkRange('MaxNumberOfMessages', MaxNumberOfMessages, 1, 10);
  checkRange('WaitTimeSeconds', WaitTimeSeconds, 0, 20);
  const wait = 1000 * (WaitTimeSeconds ?? Number(queue.attributes['ReceiveMessageWaitTimeSeconds']));
  const answer = (messages: object[]) => (messages.length > 0 ? { Messages: messages } : {});
  const messages = queue.receive(input);
  if (messages.length > 0 || wait === 0) return answer(messages);
  return new Promise((resolve) => {
    const end = (messages: object[]) => {
      clearTimeout(timer);
      queue.polls.delete(poll);
      socket.off('close', leave);
      resolve(answer(messages));
    };
    const leave = () => end([]);
    const poll = () => {
      const messages = queue.receive(input);
      if (messages.length > 0) end(messages);
    };
    const timer = setTimeout(leave, wait);
    queue.polls.add(poll);
    socket.once('close', leave);
  });
}
