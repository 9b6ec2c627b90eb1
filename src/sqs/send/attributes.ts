import { Buffer } from 'node:buffer';
import type { AnyEvent } from '../../core/types/event.ts';
import { isObject } from '../../core/words/guards.ts';
import { quote } from '../../core/words/quote.ts';
import type { MessageAttribute, MessageAttributes } from '../client/types.ts';

const MOST = 10;
/** Names that SQS takes. Those that begin with `AWS.` or `Amazon.` are its own. */
const NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

/** The attributes that each message has, or may have. */
const OWN: ReadonlySet<string> = new Set(['event', 'traceparent', 'tracestate']);

/**
 * Makes the attributes of a message: the event's name, to filter by, its trace context, and those that the application
 * adds.
 *
 * @throws Error that says what SQS would refuse
 */
export function makeAttributes(event: AnyEvent, added: unknown): MessageAttributes {
  // Without a prototype, a name such as __proto__ is one like any other.
  const attributes: MessageAttributes = Object.create(null);
  attributes['event'] = { DataType: 'String', StringValue: event.name };
  if (event.traceparent) attributes['traceparent'] = { DataType: 'String', StringValue: event.traceparent };
  if (event.tracestate) attributes['tracestate'] = { DataType: 'String', StringValue: event.tracestate };
  if (added === undefined) return attributes;
  // A promise or a Map has no properties of its own, so it would silently send no attributes.
  if (!isObject(added) || Object.prototype.toString.call(added) !== '[object Object]')
    throw new Error(`attributes must return an object of attributes, not ${quote(added)}`);
  for (const [name, value] of Object.entries(added)) {
    const attribute = attributeOf(name, value);
    if (attribute !== undefined) attributes[name] = attribute;
  }
  const names = Object.keys(attributes);
  if (names.length > MOST)
    throw new Error(
      `it has ${names.length} attributes, and SQS takes ${MOST}: let attributes return fewer beside ${names.slice(0, 3).join(', ')}`,
    );
  return attributes;
}

function attributeOf(name: string, value: unknown): MessageAttribute | undefined {
  if (OWN.has(name))
    throw new Error(`the attribute ${quote(name)} is the forwarder's own: let attributes use another name`);
  if (!NAME.test(name))
    throw new Error(
      `SQS takes no attribute of the name ${quote(name)}: use letters, digits, _, - and single dots inside, and no AWS. or Amazon. in front`,
    );
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return { DataType: 'String', StringValue: value };
  if (typeof value === 'number' && Number.isFinite(value))
    return { DataType: 'Number', StringValue: String(value) };
  if (value instanceof Uint8Array)
    return value.length === 0 ? undefined : { DataType: 'Binary', BinaryValue: value };
  throw new Error(
    `the attribute ${quote(name)} must be a text, a finite number or a Uint8Array, not ${quote(value)}`,
  );
}

/** Returns the bytes that SQS counts for attributes: those of names, types and values. */
export function bytesOf(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes))
    // Names and types are ASCII.
    bytes += name.length + DataType.length + (BinaryValue?.length ?? Buffer.byteLength(StringValue ?? ''));
  return bytes;
}
