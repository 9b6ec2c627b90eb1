import { createHash, randomUUID } from 'node:crypto';
import { checkMessage, checkRange, MAX_BYTES, md5, md5OfAttributes } from './checks.ts';
import { badHandle, sqsError } from './errors.ts';
import type { Input, LogEntry, SendEntry, WireAttributes } from './types.ts';

const ACCOUNT = '000000000000';
const DEDUPLICATION_MS = 300_000;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: WireAttributes;
  readonly group: string | undefined;
  readonly system: Record<string, string>;
  receives: number;
  visibleAt: number;
  /** The handle of the last receive. Undefined if the message was not received. */
  handle: string | undefined;
}
/** The state that the queues of one server share. */
export interface QueueSet {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly log: LogEntry[];
}

/** Returns the members that names such as `All`, `foo` or `foo.*` ask for. */
export function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[] = []): Record<string, T> {
  const isAsked = (key: string) =>
    names.some(
      (name) =>
        name === 'All' ||
        name === '.*' ||
        name === key ||
        (name.endsWith('.*') && key.startsWith(name.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(all).filter(([key]) => isAsked(key)));
}

/** A queue, standard or FIFO, with its messages. */
export class Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly attributes: Record<string, string>;
  /** The messages. The list is replaced, and never shortened, so that a loop over it can go on. */
  messages: Message[] = [];
  /** Open long polls. Each returns once something may have come. */
  readonly polls = new Set<() => void>();
  readonly #set: QueueSet;
  readonly #sent = new Map<string, { readonly at: number; readonly message: Message }>();
  #sequence = 18_850_000_000_000_000_000n;

  constructor(
    name: string,
    origin: string,
    set: QueueSet,
    attributes: Readonly<Record<string, string>> = {},
  ) {
    this.name = name;
    this.url = `${origin}/${ACCOUNT}/${name}`;
    this.arn = `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
    this.isFifo = name.endsWith('.fifo');
    this.#set = set;
    this.attributes = {
      VisibilityTimeout: '30',
      DelaySeconds: '0',
      MaximumMessageSize: String(MAX_BYTES),
      MessageRetentionPeriod: '345600',
      ReceiveMessageWaitTimeSeconds: '0',
      ...attributes,
    };
  }

  get redrive(): { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | undefined {
    const policy = this.attributes['RedrivePolicy'];
    return policy === undefined ? undefined : JSON.parse(policy);
  }

  get counts() {
    const hidden = this.messages.filter(({ visibleAt }) => visibleAt > Date.now());
    const inFlight = hidden.filter(({ handle }) => handle !== undefined).length;
    const delayed = hidden.length - inFlight;
    return { visible: this.messages.length - hidden.length, inFlight, delayed };
  }

  wake(afterMs = 0): void {
    if (afterMs > 0) setTimeout(() => this.wake(), afterMs + 1).unref();
    else for (const poll of this.polls) poll();
  }

  send(entry: SendEntry) {
    checkMessage(this, entry);
    const now = Date.now();
    const body = entry.MessageBody!;
    const deduplicationId = this.isFifo ? (entry.MessageDeduplicationId ?? sha256(body)) : undefined;
    const former = deduplicationId === undefined ? undefined : this.#sent.get(deduplicationId);
    if (former !== undefined && former.at + DEDUPLICATION_MS > now) {
      this.#log('duplicate', former.message);
      return answerOf(former.message, entry);
    }
    const traceHeader = entry.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
    const message: Message = {
      id: randomUUID(),
      body,
      attributes: entry.MessageAttributes ?? {},
      group: entry.MessageGroupId,
      system: {
        SenderId: 'AIDATEST',
        SentTimestamp: String(now),
        ...(entry.MessageGroupId !== undefined && { MessageGroupId: entry.MessageGroupId }),
        ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
        ...(traceHeader !== undefined && { AWSTraceHeader: traceHeader }),
        ...(this.isFifo && { SequenceNumber: String(this.#sequence++) }),
      },
      receives: 0,
      visibleAt: now + 1000 * (entry.DelaySeconds ?? Number(this.attributes['DelaySeconds'])),
      handle: undefined,
    };
    if (deduplicationId !== undefined) this.#sent.set(deduplicationId, { at: now, message });
    this.messages.push(message);
    this.#log('send', message);
    this.wake(message.visibleAt - now);
    return answerOf(message, entry);
  }

  receive(request: Input): object[] {
    const now = Date.now();
    const seconds = request.VisibilityTimeout ?? Number(this.attributes['VisibilityTimeout']);
    const hidden = this.messages.filter(({ visibleAt }) => visibleAt > now);
    const blocked = new Set(this.isFifo ? hidden.map(({ group }) => group) : []);
    const taken: object[] = [];
    for (const message of this.messages) {
      if (taken.length >= (request.MaxNumberOfMessages ?? 1)) break;
      if (message.visibleAt > now || (this.isFifo && blocked.has(message.group))) continue;
      if (this.#moveToDeadLetters(message)) continue;
      message.receives++;
      message.handle = `${this.name}#${message.id}#${randomUUID()}`;
      message.visibleAt = now + 1000 * seconds;
      message.system['ApproximateReceiveCount'] = String(message.receives);
      message.system['ApproximateFirstReceiveTimestamp'] ??= String(now);
      this.wake(1000 * seconds);
      this.#log('receive', message, seconds);
      taken.push(received(message, request));
    }
    return taken;
  }

  remove(handle: unknown): void {
    const message = this.#find(handle);
    if (message === undefined || message.handle !== handle) return;
    this.#log('delete', message);
    this.#drop(message);
    this.wake();
  }

  changeVisibility(handle: unknown, seconds: number): void {
    checkRange('VisibilityTimeout', seconds, 0, 43_200);
    const message = this.#find(handle);
    const now = Date.now();
    if (message === undefined || message.visibleAt <= now)
      throw sqsError('MessageNotInflight', 'The message referred to is not in flight.');
    message.visibleAt = now + 1000 * seconds;
    this.#log('visibility', message, seconds);
    this.wake(1000 * seconds);
  }

  /** Moves a message to another queue, as redrives do. */
  move(message: Message, target: Queue): void {
    this.#drop(message);
    message.handle = undefined;
    message.receives = 0;
    message.visibleAt = Date.now();
    target.messages.push(message);
    target.wake();
  }

  #moveToDeadLetters(message: Message): boolean {
    const { redrive } = this;
    if (redrive === undefined || message.receives < redrive.maxReceiveCount) return false;
    const target = [...this.#set.queues.values()].find(({ arn }) => arn === redrive.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#log('dead-letter', message);
    message.system['DeadLetterQueueSourceArn'] = this.arn;
    this.move(message, target);
    return true;
  }

  #find(handle: unknown): Message | undefined {
    const [queue, id] = String(handle).split('#');
    if (id === undefined || queue !== this.name) throw badHandle(handle);
    return this.messages.find((message) => message.id === id);
  }

  #drop(message: Message): void {
    this.messages = this.messages.filter((other) => other !== message);
  }

  #log(action: LogEntry['action'], { id, body, handle }: Message, seconds?: number): void {
    const entry = { action, queue: this.name, messageId: id, body, at: Date.now(), handle, seconds };
    this.#set.log.push(entry);
  }
}

function answerOf({ id, system }: Message, { MessageBody = '', MessageAttributes = {} }: SendEntry) {
  const hasAttributes = Object.keys(MessageAttributes).length > 0;
  const sequence = system['SequenceNumber'];
  return {
    MessageId: id,
    MD5OfMessageBody: md5(MessageBody),
    ...(hasAttributes && { MD5OfMessageAttributes: md5OfAttributes(MessageAttributes) }),
    ...(sequence !== undefined && { SequenceNumber: sequence }),
  };
}

function received({ id, handle, body, attributes, system }: Message, request: Input): object {
  const asked = pick(attributes, request.MessageAttributeNames);
  const names = [...(request.MessageSystemAttributeNames ?? []), ...(request.AttributeNames ?? [])];
  const known = pick(system, names);
  return {
    MessageId: id,
    ReceiptHandle: handle,
    Body: body,
    MD5OfBody: md5(body),
    ...(Object.keys(known).length > 0 && { Attributes: known }),
    ...(Object.keys(asked).length > 0 && {
      MessageAttributes: asked,
      MD5OfMessageAttributes: md5OfAttributes(asked),
    }),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
