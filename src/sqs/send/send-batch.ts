import type { HandleManyOptions } from '../../core/types/handler.ts';
import type { Batch, Fault } from '../../queue/send/batch.ts';
import type { SqsQueue } from '../client/sqs-queue.ts';
import type { BatchResult, SendEntry } from '../client/types.ts';
import { isOfAnEntry, isSendersFault, isTransient } from '../client/errors.ts';
import type { Message } from './message.ts';

/** Time after which a request without an answer counts as lost, in ms. The AWS SDK would wait forever. */
export const NO_ANSWER = 30_000;

interface BatchRequest extends Batch<Message> {
  readonly queue: SqsQueue;
  readonly send: HandleManyOptions['send'];
}

/** The error for failed entries of a batch. It is thrown within `send`, so that observers see the true outcome. */
class EntriesFailed extends Error {
  override readonly name = 'EntriesFailed';
  readonly faults: readonly (Fault | undefined)[];

  constructor(faults: readonly (Fault | undefined)[]) {
    const failed = faults.filter((fault) => fault !== undefined);
    super(`SQS has refused ${failed.length} of ${faults.length} messages`, { cause: failed[0]?.error });
    this.faults = faults;
  }
}
/** A `Failed` entry of a batch, as an error. */
class EntryFailed extends Error {
  constructor(code: string | undefined, message: string | undefined) {
    super(message ?? 'SQS gave no reason');
    this.name = code ?? 'Error';
  }
}

/** Sends messages in one request. Returns a fault at the index of each message that was not sent. Never rejects. */
export async function sendBatch(request: BatchRequest): Promise<readonly (Fault | undefined)[]> {
  const { messages, queue, send } = request;
  const to = {
    system: 'aws.sqs',
    destination: queue.address.name,
    events: messages.map(({ event }) => event),
  };
  try {
    await send(to, async () => {
      const faults = faultsIn(messages.length, await answerTo(request));
      if (faults.some((fault) => fault !== undefined)) throw new EntriesFailed(faults);
    });
    return messages.map(() => undefined);
  } catch (error) {
    if (error instanceof EntriesFailed) return error.faults;
    const mayBeAlone = messages.length > 1 && isOfAnEntry(error);
    const retry = isTransient(error) ? 'later' : mayBeAlone ? 'alone' : undefined;
    return messages.map(() => ({ error, retry }));
  }
}

async function answerTo({ messages, queue, controller }: BatchRequest): Promise<BatchResult> {
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`SQS has not answered for ${NO_ANSWER} ms`, 'TimeoutError'));
  }, NO_ANSWER);
  try {
    return await queue.sendBatch(messages.map(entryOf), controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function entryOf(message: Message, place: number): SendEntry {
  return {
    Id: String(place),
    MessageBody: message.body,
    MessageAttributes: message.attributes,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    DelaySeconds: message.delaySeconds,
  };
}

function faultsIn(count: number, { Successful = [], Failed = [] }: BatchResult): (Fault | undefined)[] {
  const faults = Array.from({ length: count }, (): Fault | undefined => NOT_MENTIONED);
  const placeOf = (id = '') => (/^\d+$/.test(id) && Number(id) < count ? Number(id) : undefined);
  for (const { Id } of Successful) {
    const place = placeOf(Id);
    if (place !== undefined) faults[place] = undefined;
  }
  for (const { Id, Code, Message, SenderFault } of Failed) {
    const place = placeOf(Id);
    if (place === undefined) continue;
    const retry = isSendersFault(Code, SenderFault) ? undefined : 'later';
    faults[place] = { error: new EntryFailed(Code, Message), retry };
  }
  return faults;
}

/** An entry that the answer doesn't mention may have been lost: sent twice is better than not at all. */
const NOT_MENTIONED: Fault = { error: new Error('the answer of SQS does not mention it'), retry: 'later' };
