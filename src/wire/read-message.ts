import { objectKind } from '../core/catalog/object-kind.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { anObject, aString, badArgument, readOptions, type Rules } from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';
import type { BrokerMessage, Codec } from './codec.ts';
import { badMessage, ofMessage, readJson } from './read-json.ts';

/** Limits of a message: its length in bytes of UTF-8, and the items and keys of its payload. */
export interface MessageLimits {
  readonly maxBytes: number;
  readonly maxValues: number;
}
export const DEFAULT_LIMITS: MessageLimits = { maxBytes: 2 ** 20, maxValues: 25_000 };

const FROM: Rules = {
  id: aString,
  time: {
    ok: (v) => isObject(v) && objectKind(v) === 'Date' && !Number.isNaN(Number(v)),
    words: 'a valid Date',
  },
  attributes: anObject,
};

/** @throws EventsError `BAD_OPTION` if a field of `from` is not valid */
export function readFrom(from: BrokerMessage | undefined): Partial<BrokerMessage> {
  return readOptions('decode, from', from, FROM);
}

/** @throws EventsError `BAD_OPTION` if `codec` is not a codec */
export function assertCodec(where: string, codec: unknown): asserts codec is Codec {
  const isCodec =
    isObject(codec) && typeof codec['encode'] === 'function' && typeof codec['decode'] === 'function';
  if (!isCodec) throw badArgument(where, 'a codec, such as cloudEvents()', codec);
}

/**
 * Parses the text of a message within limits. `otherwise` is the advice for a text that is not JSON.
 *
 * @throws EventsError `BAD_MESSAGE`
 */
export function readMessage(text: unknown, { maxBytes, maxValues }: MessageLimits, otherwise = ''): unknown {
  if (typeof text !== 'string') throw badMessage('it is no text');
  if (isLonger(text, maxBytes)) throw badMessage(`it is longer than maxBytes, ${maxBytes}`);
  return readJson(text, 'it', ofMessage(maxValues), otherwise);
}

/**
 * Returns the text if it is short enough for `readMessage`.
 *
 * @throws EventsError `NOT_SERIALIZABLE`
 */
export function withinLength(text: string, name: string, { maxBytes }: MessageLimits): string {
  if (!isLonger(text, maxBytes)) return text;
  throw new EventsError(
    'NOT_SERIALIZABLE',
    `The message of ${quote(name)} is longer than maxBytes, ${maxBytes}. Send what the listeners need, or where they find it.`,
  );
}

/** Returns true if a text, as UTF-8, is longer than `bytes`. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}
