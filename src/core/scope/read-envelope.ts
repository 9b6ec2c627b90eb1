import { isName } from '../catalog/pattern.ts';
import { objectKind } from '../catalog/object-kind.ts';
import { kindOf, pathOf, subject, validate } from '../catalog/schema.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import type { BusState } from '../model/bus-state.ts';
import { checkMeta } from './meta.ts';
import { schemaOf } from './versions.ts';
import type { AnyEvent, Envelope } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { isObject } from '../words/guards.ts';

/** The most characters of an id or another text. Longer ones are refused, because they would fill the logs. */
const LONGEST = 4096;
// oxlint-disable-next-line no-control-regex -- reports are one line: no message may begin another one
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;
const ISO = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\d.{0,40}$/;

/**
 * Makes an event from an envelope that may hold anything.
 *
 * @throws EventsError `UNKNOWN_EVENT`; `BAD_MESSAGE` for anything else. Its text and cause show nothing of payload and
 * meta. The schema's findings may, so they are only in `issues`, which is not printed with the error
 */
export function readEnvelope(bus: BusState, envelope: unknown): AnyEvent {
  if (typeof envelope === 'string') throw bad('it is a text: decode it with a codec first');
  if (!isObject(envelope)) throw bad('it must be an object');
  const {
    id,
    name,
    payload,
    time,
    key,
    depth = 0,
    meta = {},
    ...texts
  } = refusing('it', () => fieldsOf(envelope));
  if (typeof id !== 'string' || id === '') throw bad('its id must be a text that is not empty');
  assertTexts({ id });
  assertTexts(texts);
  if (key !== undefined && typeof key !== 'string') throw bad('its key must be a text');
  if (typeof depth !== 'number' || !Number.isSafeInteger(depth) || depth < 0)
    throw bad('its depth must be a whole number, 0 or more');
  const { limits } = bus.settings;
  if (depth > limits.depth) throw bad(`its depth is over limits.depth, ${limits.depth}`);
  if (Number.isNaN(time.getTime())) throw bad('its time must be a Date, or ISO 8601 text');
  if (!isName(name) || name.length > LONGEST) throw bad('its name must be the name of an event');
  const schema = schemaOf(bus, name);
  if (!isObject(meta) || Array.isArray(meta)) throw bad(`its meta must be an object, and is ${kindOf(meta)}`);
  return Object.freeze({
    id,
    source: texts.source,
    name,
    payload: read(name, payload, () => copyPayload(validate(schema, payload, name), name)),
    time,
    key,
    path: texts.path,
    correlationId: texts.correlationId ?? id,
    causationId: texts.causationId,
    depth,
    traceparent: texts.traceparent,
    tracestate: texts.tracestate,
    meta: read(undefined, meta, () => checkMeta(bus, meta)),
  });
}

const FIELDS = [
  'id',
  'source',
  'name',
  'payload',
  'time',
  'key',
  'path',
  'correlationId',
  'causationId',
  'depth',
  'traceparent',
  'tracestate',
  'meta',
] as const satisfies readonly (keyof Envelope)[];
type Fields = Record<(typeof FIELDS)[number], unknown>;

/** Reads each field once, because a getter may return something else the second time. */
function fieldsOf(envelope: Record<PropertyKey, unknown>): Fields & { readonly time: Date } {
  const fields = Object.fromEntries(FIELDS.map((field) => [field, ownValue(envelope, field)])) as Fields;
  return { ...fields, time: dateOf(fields.time) };
}

function ownValue(envelope: Record<PropertyKey, unknown>, field: string): unknown {
  return Object.hasOwn(envelope, field) ? envelope[field] : undefined;
}

/** Returns an invalid Date if `time` is neither a Date nor ISO text. */
function dateOf(time: unknown): Date {
  if (isObject(time) && objectKind(time) === 'Date') return new Date((time as unknown as Date).getTime());
  return new Date(typeof time === 'string' && ISO.test(time) ? time : Number.NaN);
}

function assertTexts<K extends string>(
  values: Record<K, unknown>,
): asserts values is Record<K, string | undefined> {
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value !== 'string') throw bad(`its ${field} must be a text`);
    if (value.length > LONGEST) throw bad(`its ${field} is longer than ${LONGEST} characters`);
    if (CONTROL.test(value)) throw bad(`its ${field} has line breaks, or other control characters`);
  }
}

/** Validates a payload (with the name of its event) or meta. */
function read(name: string | undefined, value: unknown, make: () => unknown): unknown {
  return refusing(subject(name), () => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof EventsError)) throw error;
      const { issues } = error;
      if (issues === undefined) throw bad(error.message, error);
      const path = issues[0]?.path ?? [];
      const at = path.length === 0 ? '' : `, at ${shown(path)}`;
      const found = valueAt(value, path);
      const kind = found === undefined ? 'is missing' : `is ${kindOf(found)}`;
      const more = issues.length === 1 ? '' : `, and ${issues.length - 1} more`;
      const why = `${subject(name)} is not what its schema asks for${at}: it ${kind}${more} (see \`issues\`)`;
      throw Object.defineProperty(bad(why), 'issues', { value: issues, enumerable: false });
    }
  });
}

/** Runs a getter of an envelope, or a schema. An error that it throws may quote the payload, so only its kind is shown. */
function refusing<R>(what: string, run: () => R): R {
  try {
    return run();
  } catch (error) {
    if (error instanceof EventsError && error.code === 'BAD_MESSAGE') throw error;
    throw bad(
      `${what} can't be read: it threw ${error instanceof Error ? error.constructor.name : kindOf(error)}`,
    );
  }
}

/** Formats a path with `…` for each key that is not a word, because keys such as mail addresses are payload. */
function shown(path: readonly (PropertyKey | { readonly key: PropertyKey })[]): string {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const isWord = (key: PropertyKey) => typeof key === 'number' || /^[\w$]{1,40}$/.test(String(key));
  return pathOf(keys.slice(0, 20).map((key) => (isWord(key) ? key : '…')));
}

function valueAt(value: unknown, path: readonly (PropertyKey | { readonly key: PropertyKey })[]): unknown {
  let at = value;
  for (const segment of path) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (at instanceof Map) at = at.get(key);
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

function bad(why: string, cause?: EventsError): EventsError {
  const message = `An envelope is refused: ${why}.`.replace(/\.\.$/, '.');
  return new EventsError('BAD_MESSAGE', message, cause === undefined ? {} : { cause });
}
