import { Buffer } from 'node:buffer';
import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { ReceivedMessage } from '../../queue/types.ts';
import { readResource, type Resource } from '../client/resource.ts';
import { Refusal } from './refusal.ts';

/** A message as Pub/Sub pushes it. */
export interface PushedMessage {
  readonly subscription: Resource;
  readonly message: ReceivedMessage;
}

/** Reads the body of a request, but no more than `maxBytes` of it. */
export async function readBody(request: Request, maxBytes: number): Promise<string | Refusal> {
  if (Number(request.headers.get('content-length')) > maxBytes) return tooLarge(maxBytes);
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      // The cancel is not awaited, because a sender that never ends may never hear of it.
      reader!.cancel().catch(() => {});
      return tooLarge(maxBytes);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString();
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, 'the body is too large', `its body is over ${maxBytes} bytes (maxBytes)`);
}

/** Reads a body that `readBody` has returned. */
export function readMessage(body: string): PushedMessage | Refusal {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // The error of JSON.parse is dropped, because it quotes the body.
    return noMessage('is no JSON');
  }
  const { message, subscription, deliveryAttempt } = partsOf(parsed);
  const resource = typeof subscription === 'string' ? readResource('subscriptions', subscription) : undefined;
  if (resource?.project === undefined) return noMessage('names no subscription');
  // Google writes both spellings, and only the first is documented.
  const { data = '', attributes, messageId, message_id: id = messageId, publishTime } = partsOf(message);
  if (typeof id !== 'string' || id === '' || typeof data !== 'string') return noMessage('has no message');
  const time = new Date(typeof publishTime === 'string' ? publishTime : NaN);
  return {
    subscription: resource,
    message: {
      text: Buffer.from(data, 'base64').toString(),
      id,
      attempt: Number.isSafeInteger(deliveryAttempt) ? Math.max(Number(deliveryAttempt), 1) : undefined,
      time: Number.isNaN(time.getTime()) ? undefined : time,
      attributes: textsOf(attributes),
    },
  };
}

/** Returns the answer to a request whose body could not be read. */
export function unreadable(error: unknown): Refusal {
  return new Refusal(400, 'the body could not be read', `its body could not be read (${causeOf(error)})`);
}

function noMessage(what: string): Refusal {
  const why = `its body ${what}. Is it a push subscription, without payload unwrapping?`;
  return new Refusal(400, 'the body is not from Pub/Sub', why);
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function textsOf(attributes: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(partsOf(attributes)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
