import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { AnyEvent } from '../../core/types/event.ts';
import { quote } from '../../core/words/quote.ts';
import type { Outgoing } from '../../queue/send/batch.ts';
import { cannotSend, checkSize, textOf } from '../../queue/send/message.ts';
import type { MessageAttributes } from '../client/types.ts';
import { bytesOf, makeAttributes } from './attributes.ts';
import { aDelay, type SqsSettings } from './options.ts';

/** An event as a message to SQS. */
export interface Message extends Outgoing {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly delaySeconds: number | undefined;
}
export type MessageSettings = Pick<
  SqsSettings,
  'name' | 'isFifo' | 'codec' | 'groupId' | 'deduplicationId' | 'delaySeconds' | 'attributes' | 'maxBytes'
>;

/** Characters that JSON may hold as they are, and that SQS refuses. */
const REFUSED = /[\uFFFE\uFFFF]/g;
/** The ids that SQS takes for groups and for deduplication. */
const SAFE_ID = /^[!-~]{1,128}$/;

/**
 * Makes the message of an event.
 *
 * @throws EventsError `SEND_FAILED`, or what the codec throws, for an event that can't be sent
 */
export function makeMessage(event: AnyEvent, settings: MessageSettings): Message {
  try {
    const body = bodyOf(event, settings);
    const attributes = makeAttributes(event, settings.attributes?.(event));
    const bytes = Buffer.byteLength(body) + bytesOf(attributes);
    checkSize(bytes, settings.maxBytes);
    const delaySeconds = settings.delaySeconds(event);
    if (delaySeconds !== undefined && !aDelay.ok(delaySeconds))
      throw new Error(`delaySeconds must return ${aDelay.words}, not ${quote(delaySeconds)}`);
    return {
      event,
      body,
      attributes,
      groupId: groupOf(event, settings),
      deduplicationId: safeId('deduplicationId', settings.deduplicationId?.(event)),
      delaySeconds: delaySeconds as number | undefined,
      bytes,
    };
  } catch (cause) {
    throw cannotSend(settings.name, event, cause);
  }
}

function bodyOf(event: AnyEvent, { codec }: MessageSettings): string {
  // In JSON these characters only occur in strings, where an escape means the same.
  return textOf(event, codec).replaceAll(REFUSED, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

function groupOf(event: AnyEvent, { groupId, isFifo }: MessageSettings): string | undefined {
  const group = safeId('groupId', groupId(event));
  if (group === undefined && isFifo)
    throw new Error(
      'a FIFO queue needs a group, and the event has none: dispatch it with { key }, or give the forwarder groupId',
    );
  return group;
}

/** Returns an id that SQS takes: one that it would refuse is hashed, so that equal ids stay equal. */
function safeId(option: string, id: unknown): string | undefined {
  if (id === undefined || id === '') return undefined;
  if (typeof id !== 'string') throw new Error(`${option} must return a text, not ${quote(id)}`);
  return SAFE_ID.test(id) ? id : createHash('sha256').update(id).digest('hex');
}
