import { invalid, PubsubError } from './errors.ts';
import { toMs, type Input, type WireMessage, type WireTime } from './types.ts';

/** The limit of a publish request, in bytes. */
export const MAX_BYTES = 10_000_000;

export function sizeOf({ data, attributes, orderingKey }: WireMessage): number {
  let size = data.length + Buffer.byteLength(orderingKey);
  for (const [key, value] of Object.entries(attributes)) size += Buffer.byteLength(key + value);
  return size;
}

/** @throws PubsubError if the name of a topic or a subscription is not valid */
export function checkName(kind: 'topics' | 'subscriptions', name: string): void {
  const [projects, project, kinds, id = '', ...rest] = name.split('/');
  const isValid = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/.test(id);
  if (projects === 'projects' && project && kinds === kind && isValid && rest.length === 0) return;
  throw invalid(`Invalid [${kind}] name: (name=${name})`);
}

/** @throws PubsubError as Pub/Sub does */
export function checkPublish({ messages }: Input): void {
  if (messages.length === 0 || messages.length > 1000)
    throw invalid(
      `The value for message_count is ${messages.length}. You must publish from 1 to 1000 messages.`,
    );
  if (new Set(messages.map(({ orderingKey }) => orderingKey)).size > 1)
    throw invalid('All messages in a publish request must have the same ordering key.');
  for (const message of messages) checkMessage(message);
  const size = messages.reduce((sum, message) => sum + sizeOf(message), 0);
  if (size > MAX_BYTES)
    throw invalid(`Request payload size exceeds the limit: ${MAX_BYTES} bytes. It has ${size}.`);
}

function checkMessage({ data, attributes, orderingKey }: WireMessage): void {
  const list = Object.entries(attributes);
  if (data.length === 0 && list.length === 0)
    throw invalid(
      'Some messages in the publish request are empty. Each message must contain either non-empty data, or at least one attribute.',
    );
  if (list.length > 100) throw invalid(`A message has ${list.length} attributes, and may have 100.`);
  checkLength('ordering key', orderingKey, 1024);
  for (const [key, value] of list) {
    if (key === '') throw invalid('A message has an attribute with an empty key.');
    checkLength('attribute key', key, 256);
    checkLength('attribute value', value, 1024);
  }
}

function checkLength(what: string, text: string, limit: number): void {
  const length = Buffer.byteLength(text);
  if (length > limit) throw invalid(`A message has an ${what} of ${length} bytes, and may have ${limit}.`);
}

/** @throws PubsubError if a deadline, in seconds, is out of range */
export function checkDeadline(seconds: number, from: number): void {
  if (seconds < from || seconds > 600)
    throw invalid(`Invalid ack deadline: ${seconds} s is not between ${from} and 600 s.`);
}

/** @throws PubsubError if the policies of a subscription are not valid */
export function checkPolicies({ deadLetterPolicy, retryPolicy }: Input): void {
  const attempts = deadLetterPolicy?.maxDeliveryAttempts || 5;
  if (attempts < 5 || attempts > 100)
    throw new PubsubError('OUT_OF_RANGE', `Invalid max delivery attempts: ${attempts} is not from 5 to 100.`);
  const { minimum, maximum } = backoffOf(retryPolicy);
  if (minimum > maximum || maximum > 600_000)
    throw invalid(`Invalid retry policy: from ${minimum} to ${maximum} ms.`);
}

/** Returns the bounds of a retry policy, in ms. */
export function backoffOf(policy: Input['retryPolicy']): {
  readonly minimum: number;
  readonly maximum: number;
} {
  const ms = (time: WireTime | null | undefined, otherwise: number) => (time ? toMs(time) : otherwise);
  return { minimum: ms(policy?.minimumBackoff, 10_000), maximum: ms(policy?.maximumBackoff, 600_000) };
}
