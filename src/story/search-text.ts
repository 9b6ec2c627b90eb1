import type { ErrorText } from './entry.ts';
import { nameOf } from './describe-row.ts';
import type { Call } from './model.ts';
import { treeOf } from './tree.ts';
import { readValue } from './value.ts';

interface Known {
  readonly revision: number;
  readonly text: string;
}
const known = new WeakMap<Call, Known>();

/** Returns the text in which a filter looks for words, in lower case. It is made again only if the call has changed. */
export function textOf(call: Call): string {
  const before = known.get(call);
  if (before?.revision === call.revision) return before.text;
  const text = textsIn(call).join('\n').toLowerCase();
  known.set(call, { revision: call.revision, text });
  return text;
}

function textsIn(root: Call): readonly (string | undefined)[] {
  const { calls, events, attempts } = treeOf(root);
  const runs = events.flatMap((event) => event.runs);
  const sends = events.flatMap((event) => event.sends);
  const arrivals = events.flatMap((event) => event.arrivals);
  const reports = [...calls, ...events].flatMap((it) => it.reports);
  const errors = [
    ...[...calls, ...attempts, ...sends].map(({ end }) => end?.error),
    ...[...reports, ...runs.map(({ gaveUp }) => gaveUp)].map((it) => it?.error),
  ];
  return [
    ...calls.flatMap((call) => [nameOf(call), call.name, call.id]),
    ...events.flatMap(({ id, about, traceparent }) => [
      id,
      about.name,
      about.correlationId,
      about.key,
      traceparent,
    ]),
    ...runs.map(({ listener }) => listener),
    ...[...sends, ...arrivals].map(({ destination }) => destination),
    ...errors.flatMap(wordsOf),
  ];
}

function wordsOf(error: ErrorText | undefined): readonly (string | undefined)[] {
  return error === undefined ? [] : [error.name, error.message, error.code, ...wordsOf(error.cause)];
}

/** Returns the names of all processes that had to do with a call. */
export function processesOf(root: Call): readonly string[] {
  const { calls, events, attempts } = treeOf(root);
  const arrivals = events.flatMap((event) => event.arrivals);
  return [...calls, ...events, ...arrivals, ...attempts.map(({ run }) => run)].map(({ process }) => process);
}

/** Returns the values of one part of the meta of all events, as texts. */
export function metaOf(root: Call, path: string): readonly string[] {
  return treeOf(root).events.flatMap(({ about }) => {
    let value: unknown = readValue(about.meta);
    for (const key of path.split('.'))
      value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
