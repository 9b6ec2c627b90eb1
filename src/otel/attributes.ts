/**
 * The names of OpenTelemetry's semantic conventions 1.45, as strings. Its package exports them only from an entry that
 * may change, so libraries must not use it.
 *
 * @module
 */
import type { Attributes } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject, isThenable } from '../core/words/guards.ts';
import { quote } from '../core/words/quote.ts';

/** The messaging system of a step that involves no broker: this package. */
export const HERE = 'trpc_events';

/** The names that these brokers had before 1.45. Other brokers kept theirs. */
const FORMER: Readonly<Record<string, string>> = { 'aws.sqs': 'aws_sqs', 'gcp.pubsub': 'gcp_pubsub' };

/** Returns the attributes of a step, for spans and metrics. They have both the new and the former name of the system. */
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

/** Returns the attributes of one event. They are only for spans: on metrics, each id would make its own series. */
export function eventAttributes(event: AnyEvent): Attributes {
  return {
    'messaging.message.id': event.id,
    'messaging.message.conversation_id': event.correlationId,
    'trpc_events.depth': event.depth,
    ...(event.path !== undefined && { 'trpc_events.procedure': event.path }),
  };
}

/**
 * Returns the result of the application's `attributes` function if it is valid.
 *
 * @throws Error if it is not an object, or is the promise of an async function
 */
export function readAttributes(given: unknown): Attributes | undefined {
  if (given === undefined) return undefined;
  const isPromise = isThenable(given);
  if (!isPromise && isObject(given)) return given;
  if (isPromise) Promise.resolve(given).catch(() => {});
  const words = isPromise ? 'a promise' : quote(given);
  throw new TypeError(`the function of the option attributes must return an object, not ${words}`);
}

/** Returns the name of the events if all of them have the same one. */
export function commonName(events: readonly AnyEvent[]): string | undefined {
  const name = events[0]?.name;
  return events.every((event) => event.name === name) ? name : undefined;
}

/** The error names that metrics may have. Code can set a name to any text, and each text makes its own series. */
const NAME = /^[\w.$-]{1,80}$/;

/** Returns the `error.type` of a thrown value: the code of an `EventsError`, or the name of another error. */
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
