/**
 * The names of OpenTelemetry's semantic conventions 1.45, as texts: its package has them in an entry that libraries must
 * not use, because it may change.
 *
 * @module
 */
import type { Attributes } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject, isThenable } from '../core/words/guards.ts';
import { quote } from '../core/words/quote.ts';

/** The messaging system of an event that is in no broker: this package. */
export const HERE = 'trpc_events';

/** The names that brokers had before 1.45. Those of others have not changed. */
const FORMER: Readonly<Record<string, string>> = { 'aws.sqs': 'aws_sqs', 'gcp.pubsub': 'gcp_pubsub' };

/** The attributes of a step, on spans and metrics. The former name of the system stands beside the new one. */
export function stepAttributes(
  operation: 'create' | 'process' | 'send',
  system: string,
  destination: string | undefined,
): Attributes {
  return {
    'messaging.system.name': system,
    'messaging.system': Object.hasOwn(FORMER, system) ? FORMER[system] : system,
    'messaging.operation.name': operation,
    ...(destination !== undefined && { 'messaging.destination.name': destination }),
  };
}

/** The attributes of one event, only for spans. */
export function eventAttributes(event: AnyEvent): Attributes {
  return {
    'messaging.message.id': event.id,
    'messaging.message.conversation_id': event.correlationId,
    'trpc_events.depth': event.depth,
    ...(event.path !== undefined && { 'trpc_events.procedure': event.path }),
  };
}

/**
 * Returns what the application's `attributes` has returned.
 *
 * @throws Error if that is no object, such as the promise of an async function
 */
export function readAttributes(given: unknown): Attributes | undefined {
  if (given === undefined) return undefined;
  const isPromise = isThenable(given);
  if (!isPromise && isObject(given)) return given;
  if (isPromise) Promise.resolve(given).catch(() => {});
  const words = isPromise ? 'a promise' : quote(given);
  throw new TypeError(`the function of the option attributes must return an object, not ${words}`);
}

/** The name that all events have, if they have one name. */
export function commonName(events: readonly AnyEvent[]): string | undefined {
  const name = events[0]?.name;
  return events.every((event) => event.name === name) ? name : undefined;
}

/** The names of errors that may stand on metrics. Code can set a name to any text, and each text makes a series of its own. */
const NAME = /^[\w.$-]{1,80}$/;

/** The `error.type` of something that was thrown: the code of an `EventsError`, or the name of another error. */
export function errorType(thrown: unknown): string {
  try {
    if (thrown instanceof EventsError) return thrown.code;
    const name = isObject(thrown) ? thrown['name'] : undefined;
    if (typeof name === 'string' && NAME.test(name)) return name;
  } catch {
    // A getter of the name may throw.
  }
  return '_OTHER';
}
