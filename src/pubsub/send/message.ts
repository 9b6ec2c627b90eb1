import { Buffer } from 'node:buffer';
import type { AnyEvent } from '../../core/types/event.ts';
import { quote } from '../../core/words/quote.ts';
import type { Outgoing } from '../../queue/send/batch.ts';
import { cannotSend, checkSize, textOf } from '../../queue/send/message.ts';
import { FIELD, type MessageParts, PubsubMessage } from '../client/message.ts';
import { type Attributes, makeAttributes, wellFormed } from './attributes.ts';
import type { PubsubSettings } from './options.ts';

/** An event as a message to Pub/Sub. */
export class Message extends PubsubMessage implements Outgoing {
  readonly event: AnyEvent;
  readonly bytes: number;

  constructor(event: AnyEvent, parts: MessageParts, bytes: number) {
    super(parts);
    this.event = event;
    this.bytes = bytes;
  }
}

export type MessageSettings = Pick<
  PubsubSettings,
  'name' | 'codec' | 'orderingKey' | 'attributes' | 'maxBytes' | 'requestBytes'
>;

/** Pub/Sub's limit for an ordering key, in bytes. */
const KEY_BYTES = 1024;
/**
 * Makes the message of an event.
 *
 * @throws EventsError `SEND_FAILED`, or what the codec throws, for an event that can't be sent
 */
export function makeMessage(event: AnyEvent, settings: MessageSettings): Message {
  try {
    const data = Buffer.from(textOf(event, settings.codec));
    const attributes = makeAttributes(event, settings.attributes?.(event));
    const orderingKey = keyOf(event, settings);
    const bytes = data.length + Buffer.byteLength(orderingKey) + bytesOf(attributes) + 3 * FIELD;
    checkSize(bytes + settings.requestBytes, settings.maxBytes);
    return new Message(event, { data, attributes, orderingKey }, bytes);
  } catch (cause) {
    throw cannotSend(settings.name, event, cause);
  }
}

function keyOf(event: AnyEvent, { orderingKey }: MessageSettings): string {
  const key = orderingKey?.(event) ?? '';
  if (key === '') return key;
  if (typeof key !== 'string') throw new Error(`orderingKey must return a text, not ${quote(key)}`);
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES)
    throw new Error(
      `its ordering key has ${bytes} bytes, and Pub/Sub takes ${KEY_BYTES}: let orderingKey return a shorter one, such as a hash`,
    );
  return wellFormed(key);
}

/** Returns the bytes of attributes. Each one is a message of two fields. */
function bytesOf(attributes: Attributes): number {
  let bytes = 0;
  for (const name of Object.keys(attributes))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attributes[name]!) + 3 * FIELD;
  return bytes;
}
