import { Buffer } from 'node:buffer';
import type { AnyEvent } from '../../core/types/event.ts';
import { isObject } from '../../core/words/guards.ts';
import { quote } from '../../core/words/quote.ts';

/** Pub/Sub's limits: the attributes of a message, and the bytes of a name and of a value. */
const MOST = 100;
const NAME_BYTES = 256;
const VALUE_BYTES = 1024;

/** The attributes that each message has, or may have. */
const OWN: ReadonlySet<string> = new Set(['event', 'content-type', 'traceparent', 'tracestate']);

export type Attributes = Readonly<Record<string, string>>;

/**
 * Makes the attributes of a message: the event's name, to filter by, the type of the text, the trace context, and those
 * that the application adds.
 *
 * @throws Error that says what Pub/Sub would refuse
 */
export function makeAttributes(event: AnyEvent, added: unknown): Attributes {
  // Without a prototype, a name such as __proto__ is one like any other.
  const attributes: Record<string, string> = Object.create(null);
  attributes['event'] = event.name;
  attributes['content-type'] = 'application/cloudevents+json';
  if (event.traceparent) attributes['traceparent'] = event.traceparent;
  // A tracestate that is too long is only in the message, because a trace is no reason to lose an event.
  if (event.tracestate && Buffer.byteLength(event.tracestate) <= VALUE_BYTES)
    attributes['tracestate'] = event.tracestate;
  checkBytes('event', event.name);
  if (added === undefined) return attributes;
  // A promise or a Map has no properties of its own, so it would silently send no attributes.
  if (!isObject(added) || Object.prototype.toString.call(added) !== '[object Object]')
    throw new Error(`attributes must return an object of attributes, not ${quote(added)}`);
  for (const [name, value] of Object.entries(added)) {
    const text = textOf(name, value);
    if (text !== '') attributes[wellFormed(name)] = text;
  }
  const count = Object.keys(attributes).length;
  if (count > MOST)
    throw new Error(`it has ${count} attributes, and Pub/Sub takes ${MOST}: let attributes return fewer`);
  return attributes;
}

function textOf(name: string, value: unknown): string {
  if (OWN.has(name))
    throw new Error(`the attribute ${quote(name)} is the forwarder's own: let attributes use another name`);
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > NAME_BYTES || name.startsWith('goog'))
    throw new Error(
      `Pub/Sub takes no attribute of the name ${quote(name)}: use from 1 to ${NAME_BYTES} bytes, and no goog in front`,
    );
  if (value === undefined) return '';
  if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value)))
    throw new Error(`the attribute ${quote(name)} must be a text or a finite number, not ${quote(value)}`);
  const text = wellFormed(String(value));
  checkBytes(name, text);
  return text;
}

/** Replaces half characters, such as `slice` may leave, because one would make the whole request unreadable. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}

function checkBytes(name: string, text: string): void {
  // A unit of UTF-16 is at most three bytes.
  if (text.length * 3 <= VALUE_BYTES) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > VALUE_BYTES)
    throw new Error(`the attribute ${quote(name)} has ${bytes} bytes, and Pub/Sub takes ${VALUE_BYTES}`);
}
