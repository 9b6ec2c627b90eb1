import { isObject } from '../core/words/guards.ts';
import { fieldsOf } from './fields.ts';
import { badMessage } from './read-json.ts';

/** The format that each codec of this room reads, by the codec's name. */
const FORMATS = {
  cloudEvents: 'CloudEvents 1.0',
  snsNotification: 'a notification of SNS',
  eventBridge: 'an event of EventBridge',
  fastapiEvents: 'a message of fastapi-events',
} as const;
type Format = keyof typeof FORMATS;

/**
 * Makes the error for a message that a codec does not read. It names the codec that does, or gives the advice
 * `otherwise`. Its text shows nothing of the message.
 */
export function ofOtherFormat(reader: Format, parsed: unknown, otherwise = ''): Error {
  const found = formatOf(parsed);
  const isOther = found !== undefined && found !== reader;
  const advice = isOther ? `, but ${FORMATS[found]}: use the codec ${found}()` : otherwise;
  return badMessage(`it is not ${FORMATS[reader]}${advice}`);
}

function formatOf(parsed: unknown): Format | undefined {
  if (isFastapiEvent(parsed)) return 'fastapiEvents';
  if (isCloudEvent(parsed)) return 'cloudEvents';
  const message = fieldsOf(parsed) ?? {};
  if (message['Type'] === 'Notification') return 'snsNotification';
  return isEventBridgeEvent(message) ? 'eventBridge' : undefined;
}

/** Returns true for a pair that begins with a name. */
export function isFastapiEvent(parsed: unknown): parsed is [name: string, payload: unknown] {
  return Array.isArray(parsed) && parsed.length === 2 && typeof parsed[0] === 'string';
}

/** Returns true for CloudEvents of any version. */
export function isCloudEvent(parsed: unknown): boolean {
  return isObject(parsed) && Object.hasOwn(parsed, 'specversion');
}

export function isEventBridgeEvent(parsed: object): boolean {
  return Object.hasOwn(parsed, 'detail-type') && Object.hasOwn(parsed, 'detail');
}
