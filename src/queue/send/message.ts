import type { AnyEvent } from '../../core/types/event.ts';
import { EventsError } from '../../core/words/errors.ts';
import { causeOf, quote } from '../../core/words/quote.ts';
import type { Codec } from '../../wire/codec.ts';

/** @throws Error if the codec returns no text */
export function textOf(event: AnyEvent, codec: Codec): string {
  const text: unknown = codec.encode(event);
  if (typeof text !== 'string' || text === '')
    throw new Error(`its codec must encode it as a text that is not empty, not as ${quote(text)}`);
  return text;
}

/** @throws Error if a message has more bytes than `maxBytes` */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new Error(
      `its message has ${bytes} bytes, and maxBytes is ${maxBytes}: send what the listeners need, or where they find it`,
    );
}

/** Makes the error for an event that can't be made into a message. An `EventsError` is returned as it is. */
export function cannotSend(forwarder: string, event: AnyEvent, cause: unknown): EventsError {
  if (cause instanceof EventsError) return cause;
  const why = cause instanceof Error && cause.name === 'Error' ? cause.message : causeOf(cause);
  return new EventsError('SEND_FAILED', `${forwarder} can't send ${quote(event.name)}: ${why}`, { cause });
}
