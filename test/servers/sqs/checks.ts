import { createHash } from 'node:crypto';
import { badCharacters, badValue, missing } from './errors.ts';
import type { SendEntry, WireAttribute, WireAttributes } from './types.ts';

/** The limit of a message, and of a batch, in bytes. */
export const MAX_BYTES = 2 ** 20;
const MAX_ATTRIBUTES = 10;
const VALID_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const OTHER_KIND = 'Reason: The request includes a parameter that is not valid for this queue type.';

export const md5 = (data: string) => createHash('md5').update(data).digest('hex');

function bytesOf({ StringValue, BinaryValue = '' }: WireAttribute): Buffer {
  return StringValue === undefined ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue);
}

/** The checksum that the client compares with its own. */
export function md5OfAttributes(attributes: WireAttributes): string {
  const hash = createHash('md5');
  const put = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]!;
    const { DataType = '' } = attribute;
    put(Buffer.from(name));
    put(Buffer.from(DataType));
    hash.update(Buffer.from([DataType.startsWith('Binary') ? 2 : 1]));
    put(bytesOf(attribute));
  }
  return hash.digest('hex');
}

export function sizeOf({ MessageBody = '', MessageAttributes = {} }: SendEntry): number {
  let size = Buffer.byteLength(MessageBody);
  for (const [name, attribute] of Object.entries(MessageAttributes))
    size += Buffer.byteLength(name + (attribute.DataType ?? '')) + bytesOf(attribute).length;
  return size;
}

export function checkRange(parameter: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw badValue(
    `Value ${value} for parameter ${parameter} is invalid. Reason: Must be between ${from} and ${to}, if provided.`,
  );
}

/** The properties of a queue that decide which messages it accepts. */
interface QueueKind {
  readonly isFifo: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws SqsError as SQS does */
export function checkMessage(queue: QueueKind, entry: SendEntry): void {
  const { MessageBody, MessageAttributes = {}, DelaySeconds } = entry;
  const limit = Number(queue.attributes['MaximumMessageSize']);
  if (!MessageBody) throw missing('MessageBody');
  if (!VALID_TEXT.test(MessageBody)) throw badCharacters();
  if (sizeOf(entry) > limit)
    throw badValue(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
    );
  checkAttributes(MessageAttributes);
  checkRange('DelaySeconds', DelaySeconds, 0, 900);
  if (queue.isFifo) checkFifo(queue, entry);
  else {
    if (entry.MessageDeduplicationId)
      throw badValue(
        `Value ${entry.MessageDeduplicationId} for parameter MessageDeduplicationId is invalid. ${OTHER_KIND}`,
      );
    checkId('MessageGroupId', entry.MessageGroupId);
  }
}

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function checkAttributes(attributes: WireAttributes): void {
  const list = Object.entries(attributes);
  if (list.length > MAX_ATTRIBUTES)
    throw badValue(
      `Number of message attributes [${list.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  for (const [name, attribute] of list) {
    const { DataType = '', StringValue = '' } = attribute;
    if (!/^(String|Number|Binary)(\.|$)/.test(DataType))
      throw badValue(`The type of message (user) attribute '${name}' is invalid.`);
    if (bytesOf(attribute).length === 0)
      throw badValue(
        `Message (user) attribute '${name}' must contain a non-empty value of type '${DataType}'.`,
      );
    if (!ATTRIBUTE_NAME.test(name)) throw badValue(`Invalid attribute name ${name}`);
    if (DataType.startsWith('Number') && !NUMBER.test(StringValue))
      throw badValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
    if (!VALID_TEXT.test(StringValue)) throw badCharacters();
  }
}

function checkFifo({ attributes }: QueueKind, entry: SendEntry): void {
  const { MessageGroupId, MessageDeduplicationId, DelaySeconds } = entry;
  if (!MessageGroupId) throw missing('MessageGroupId');
  if (DelaySeconds)
    throw badValue(`Value ${DelaySeconds} for parameter DelaySeconds is invalid. ${OTHER_KIND}`);
  if (!MessageDeduplicationId && attributes['ContentBasedDeduplication'] !== 'true')
    throw badValue(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  checkId('MessageGroupId', MessageGroupId);
  checkId('MessageDeduplicationId', MessageDeduplicationId);
}

function checkId(parameter: string, id: string | undefined): void {
  if (id !== undefined && !/^[!-~]{1,128}$/.test(id))
    throw badValue(`Value ${id} for parameter ${parameter} is invalid.`);
}
