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

/** Returns all that is found as text in a call, in lower case. Made again only if the call has changed. */
export function textOf(call: Call): string {
  const before = known.get(call);
  if (before?.revision === call.revision) return before.text;
  const text = textsIn(call).join('\n').toLowerCase();
  known.set(call, { revision: call.revision, text });
  return text;
}

function textsIn(root: Call): readonly (string | undefined)[] {
  const { calls, events, attempts } = treeOf(root);
  const texts: (string | undefined)[] = [];
  const addError = (error: ErrorText | undefined) => {
    for (let it = error; it !== undefined; it = it.cause) texts.push(it.name, it.message, it.code);
  };
  for (const call of calls) {
    texts.push(nameOf(call), call.name, call.id);
    addError(call.end?.error);
    for (const { error } of call.reports) addError(error);
  }
  for (const { id, about, runs, reports, sends, arrivals, traceparent } of events) {
    texts.push(id, about.name, about.correlationId, about.key, traceparent);
    for (const { listener, gaveUp } of runs) {
      texts.push(listener);
      addError(gaveUp?.error);
    }
    for (const { destination, end } of sends) {
      texts.push(destination);
      addError(end.error);
    }
    for (const { destination } of arrivals) texts.push(destination);
    for (const { error } of reports) addError(error);
  }
  for (const { end } of attempts) addError(end?.error);
  return texts;
}

/** The names of all processes that had to do with a call. */
export function processesOf(root: Call): readonly string[] {
  const { calls, events, attempts } = treeOf(root);
  const names = new Set(calls.map(({ process }) => process));
  for (const event of events) {
    names.add(event.process);
    for (const { process } of event.arrivals) names.add(process);
  }
  for (const { run } of attempts) names.add(run.process);
  return [...names];
}

/** The values of one part of the meta of all events, as texts. */
export function metaOf(root: Call, path: string): readonly string[] {
  return treeOf(root).events.flatMap(({ about }) => {
    const value = partOf(readValue(about.meta), path.split('.'));
    return value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)];
  });
}

function partOf(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return partOf((value as Record<string, unknown>)[key], rest);
}
