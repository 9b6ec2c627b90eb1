import type { StandardSchemaV1 } from '@standard-schema/spec';
import { EventsError } from '../words/errors.ts';
import { isObject, memberOf } from '../words/guards.ts';
import { quote } from '../words/quote.ts';
import { findFault } from './find-fault.ts';

/** Returns true for a Standard Schema. The schemas of arktype are functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const standard: unknown = (value as Partial<StandardSchemaV1>)['~standard'];
  return isObject(standard) && typeof standard['validate'] === 'function';
}

/**
 * Validates the payload of an event, or meta if there is no name, and returns the schema's output.
 *
 * @throws EventsError `INVALID_PAYLOAD` or `META_FAILED`, with the issues, and the path of the first in the message
 */
export function validate(schema: StandardSchemaV1, value: unknown, name: string | undefined): unknown {
  const result = callSchema(schema, value, name);
  const issues = 'issues' in result ? memberOf(result, 'issues') : undefined;
  if ('value' in result && issues === undefined) return result.value;
  if (issues === undefined) {
    // Nothing waits for this promise, and it must not become an unhandled rejection.
    void Promise.resolve(result).catch(() => {});
    // zod validates again asynchronously after any error, so a value that throws when it is read may have led here.
    assertReadable(value, name);
    throw refusal(
      name,
      `The schema of ${subject(name)} validates asynchronously (or, with zod, a function in it threw), and a dispatch can't wait: do its async work before the dispatch, or in a listener.`,
    );
  }
  const message = `${capital(subject(name))} is not what its schema asks for${describe(issues, value)}`;
  throw refusal(name, message, issues);
}

function callSchema(schema: StandardSchemaV1, value: unknown, name: string | undefined) {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    assertReadable(value, name);
    throw error;
  }
}

/** Refuses a value that throws when it is read. */
function assertReadable(value: unknown, name: string | undefined): void {
  const fault = findFault(value);
  if (fault?.thrown !== undefined) throw refusal(name, unreadable(name, fault.thrown.error, fault.path));
}

export function unreadable(name: string | undefined, thrown: unknown, path: readonly PropertyKey[]): string {
  const kind = thrown instanceof Error ? (thrown.constructor?.name ?? 'an Error') : kindOf(thrown);
  return `${capital(subject(name))} can't be read${placeOf(path)}: it threw ${kind}.`;
}

/** Makes the error for a payload, or for meta if there is no name. */
export function refusal(
  name: string | undefined,
  message: string,
  issues?: readonly StandardSchemaV1.Issue[],
): EventsError {
  const code = name === undefined ? 'META_FAILED' : 'INVALID_PAYLOAD';
  return new EventsError(code, message, issues === undefined ? {} : { issues });
}

/** Names a payload, or meta if there is no name, for messages. */
export function subject(name: string | undefined): string {
  return name === undefined ? 'the meta of an event' : `the payload of ${quote(name)}`;
}

function describe(issues: readonly StandardSchemaV1.Issue[], value: unknown): string {
  const [first] = issues;
  if (first === undefined) return '.';
  const place = placeOf(first.path ?? []);
  const received = place === '' ? ` (it got ${kindOf(value)})` : '';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more: see \`issues\`)` : '';
  return `${place}: ${first.message}${received}${more}`;
}

/** Formats a place in a payload: `, at user.tags[0]`. Returns `''` for the payload itself. */
export function placeOf(path: Parameters<typeof pathOf>[0]): string {
  const text = pathOf(path);
  return text === '' ? '' : `, at ${text}`;
}

/** Formats a path as in code: `user.tags[0]`. */
export function pathOf(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = '';
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** Names the kind of a value, never the value, because payloads must stay out of messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'no payload';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @throws EventsError `BAD_CATALOG` */
export function assertSchema(value: unknown, what: string): asserts value is StandardSchemaV1 {
  if (isSchema(value)) return;
  const standard = 'a Standard Schema: zod 3.24 or later, valibot, arktype, or `unchecked<T>()`';
  throw new EventsError('BAD_CATALOG', `The schema of ${what} is ${quote(value)}. It must be ${standard}.`);
}
