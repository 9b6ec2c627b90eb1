import type { AnyEvent } from '../../core/types/event.ts';
import { EventsError } from '../../core/words/errors.ts';
import { isObject } from '../../core/words/guards.ts';
import {
  aCount,
  aFunction,
  milliseconds,
  readOptions,
  type Rule,
  type Rules,
} from '../../core/words/options.ts';
import { quote } from '../../core/words/quote.ts';
import { cloudEvents } from '../../wire/cloud-events.ts';
import type { Codec } from '../../wire/codec.ts';
import type { SqsClient } from '../client/types.ts';
import { FORWARD_OPTIONS, WHY_UNDEFINED } from '../../queue/options.ts';
import { aClient, aQueueUrl } from '../client/options.ts';
import { addressOf } from '../client/queue-url.ts';

/** SQS's limit for a message and for a batch, in bytes. */
const MAX_BYTES = 2 ** 20;
const MAX_DELAY = 900;

/** The value of a message attribute: a String, a Number or a Binary. Empty ones and `undefined` are left out. */
export type SqsAttribute = string | number | Uint8Array | undefined;

/** How often, and how soon, a forwarder sends an event again if SQS could not take it. */
export interface SqsRetryOptions {
  /** Number of requests for an event, the first included. Default: 8. */
  attempts?: number | undefined;
  /** Time before the second attempt, in ms: it doubles with each attempt, and up to half of it is random. Default: 100. */
  minDelay?: number | undefined;
  /** Maximum time before an attempt, in ms. Default: 5,000. */
  maxDelay?: number | undefined;
}

/** Options of `sqsForwarder`. */
export interface SqsForwarderOptions<P extends string | readonly string[] = string | readonly string[]> {
  /** The URL of the queue. If it ends in `.fifo`, the queue is a FIFO queue. */
  queueUrl: string;
  /** The name that reports show, unique in a bus. Default: `sqs/` and the queue's name. */
  name?: string | undefined;
  /** The patterns of the events to send. Default: all events. */
  events?: P | undefined;
  /**
   * If `true`, local listeners get these events too; if `false`, only the queue does. Required if a local listener takes
   * an event that this forwarder takes. Default: none.
   */
  local?: boolean | undefined;
  /**
   * Your own SQSClient, which you destroy yourself. Default: one for the host and the region of `queueUrl`, with the
   * credentials of the environment.
   */
  client?: SqsClient | undefined;
  /** Turns events into text. Default: `cloudEvents()`. */
  codec?: Codec | undefined;
  /**
   * Returns the message group of an event. A FIFO queue keeps the order within a group. A standard queue shares its
   * receivers fairly between groups. Default: the event's `key` for a FIFO queue, and none for a standard queue.
   */
  groupId?: ((event: AnyEvent) => string | undefined) | undefined;
  /** Returns the id by which a FIFO queue drops duplicates, for 5 minutes. Default: the event's id. */
  deduplicationId?: ((event: AnyEvent) => string | undefined) | undefined;
  /** Seconds, from 0 to 900, for which a standard queue hides the message. Default: the queue's own delay. */
  delaySeconds?: number | ((event: AnyEvent) => number | undefined) | undefined;
  /**
   * Returns message attributes to add to `event` (the event's name), `traceparent` and `tracestate`. SQS takes ten in
   * all. Default: none.
   */
  attributes?: ((event: AnyEvent) => Readonly<Record<string, SqsAttribute>> | undefined) | undefined;
  /** How long an event waits for others, to fill a batch, in ms. At 0, only the events of a flush share one. Default: 5. */
  linger?: number | undefined;
  /** Maximum number of requests at a time, for each bus. The AWS SDK warns if more than 50 wait for a socket. Default: 8. */
  parallel?: number | undefined;
  /** Maximum size of a message, and of a batch, in bytes, attributes included. Default: 1,048,576, the limit of SQS. */
  maxBytes?: number | undefined;
  /**
   * How often, and how soon, an event is sent again if SQS could not take it. Default: 8 attempts, up to 5 s apart, within
   * `deadline`.
   */
  retry?: SqsRetryOptions | undefined;
}

/** `SqsForwarderOptions`, checked, with their defaults. */
export interface SqsSettings {
  readonly queueUrl: string;
  /** The queue's own name. */
  readonly queue: string;
  readonly isFifo: boolean;
  /** The forwarder's name. */
  readonly name: string;
  readonly events: string | readonly string[] | undefined;
  readonly local: boolean | undefined;
  readonly client: SqsClient | undefined;
  readonly codec: Codec;
  readonly groupId: (event: AnyEvent) => unknown;
  readonly deduplicationId: ((event: AnyEvent) => unknown) | undefined;
  readonly delaySeconds: (event: AnyEvent) => unknown;
  readonly attributes: ((event: AnyEvent) => unknown) | undefined;
  readonly linger: number;
  readonly parallel: number;
  readonly maxBytes: number;
  readonly retry: { readonly attempts: number; readonly minDelay: number; readonly maxDelay: number };
}

export const aDelay: Rule = {
  ok: (v) => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= MAX_DELAY,
  words: `a whole number of seconds from 0 to ${MAX_DELAY}`,
};

const OPTIONS: Rules = {
  ...FORWARD_OPTIONS,
  queueUrl: aQueueUrl,
  client: aClient,
  groupId: aFunction,
  deduplicationId: aFunction,
  delaySeconds: {
    ok: (v) => aDelay.ok(v) || aFunction.ok(v),
    words: `${aDelay.words}, or a function that returns one`,
  },
  parallel: aCount,
  maxBytes: {
    ok: (v) => aCount.ok(v) && (v as number) <= MAX_BYTES,
    words: `a positive integer up to ${MAX_BYTES}, which is the limit of SQS`,
  },
  retry: { ok: isObject, words: 'an object such as { attempts: 5 }' },
};
const RETRY: Rules = { attempts: aCount, minDelay: milliseconds, maxDelay: milliseconds };

/** @throws EventsError `BAD_OPTION` */
export function readSettings(options: SqsForwarderOptions): SqsSettings {
  const given = readOptions('sqsForwarder', options, OPTIONS);
  const { queueUrl } = given;
  if (queueUrl === undefined) throw badOption(`it needs queueUrl, ${aQueueUrl.words}. ${WHY_UNDEFINED}`);
  const { name: queue, isFifo } = addressOf(queueUrl)!;
  if (isFifo && given.delaySeconds !== undefined)
    throw badOption(
      `delaySeconds can't be used with ${quote(queue)}: a FIFO queue takes no delay for a message. Set DelaySeconds on the queue.`,
    );
  if (!isFifo && given.deduplicationId !== undefined)
    throw badOption(
      `deduplicationId can't be used with ${quote(queue)}: only a FIFO queue, whose name ends in .fifo, drops duplicates.`,
    );
  const { delaySeconds } = given;
  return {
    queueUrl,
    queue,
    isFifo,
    name: given.name ?? `sqs/${queue}`,
    events: given.events,
    local: given.local,
    client: given.client,
    codec: given.codec ?? cloudEvents(),
    groupId: given.groupId ?? (({ key }) => (isFifo ? key : undefined)),
    deduplicationId: isFifo ? (given.deduplicationId ?? (({ id }) => id)) : undefined,
    delaySeconds: typeof delaySeconds === 'function' ? delaySeconds : () => delaySeconds,
    attributes: given.attributes,
    linger: given.linger ?? 5,
    parallel: given.parallel ?? 8,
    maxBytes: given.maxBytes ?? MAX_BYTES,
    retry: readRetry(given.retry),
  };
}

function readRetry(given: SqsRetryOptions | undefined): SqsSettings['retry'] {
  const { attempts = 8, minDelay, maxDelay } = readOptions('sqsForwarder, retry', given, RETRY);
  if (minDelay !== undefined && maxDelay !== undefined && minDelay > maxDelay)
    throw badOption(`retry: minDelay is ${minDelay} ms, and more than maxDelay, ${maxDelay} ms.`);
  return {
    attempts,
    minDelay: minDelay ?? Math.min(100, maxDelay ?? 100),
    maxDelay: maxDelay ?? Math.max(5000, minDelay ?? 0),
  };
}

function badOption(what: string): EventsError {
  return new EventsError('BAD_OPTION', `sqsForwarder: ${what}`);
}
