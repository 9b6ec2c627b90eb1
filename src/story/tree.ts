import type { Attempt, Call, Happening, Run } from './model.ts';

/** Whatever dispatches events and has calls within it. */
export type Parent = Call | Attempt;

export function isCall(it: Parent): it is Call {
  return 'revision' in it;
}

/** Finds the root call that something belongs to. */
export function rootOf(it: Parent | Happening): Call {
  let above = it;
  for (;;) {
    const next: Parent | Happening | undefined = aboveOf(above);
    if (next === undefined) return above as Call;
    above = next;
  }
}

function aboveOf(it: Parent | Happening): Parent | Happening | undefined {
  return 'run' in it ? it.run.event : it.by;
}

/** Returns true if a call or an attempt is below an event, at any depth. */
export function isBelow(it: Parent, event: Happening): boolean {
  for (let above: Parent | Happening | undefined = it; above !== undefined; above = aboveOf(above))
    if (above === event) return true;
  return false;
}

/** Finds the run of a listener on an event in a process, or adds one. */
export function runOf(event: Happening, listener: string, process: string): Run {
  const known = event.runs.find((run) => run.listener === listener && run.process === process);
  if (known !== undefined) return known;
  const run: Run = { listener, kind: 'listener', process, event, attempts: [] };
  event.runs.push(run);
  return run;
}

/** All that came of a call. */
export interface Tree {
  /** The call itself, and those within it and its listeners. */
  readonly calls: readonly Call[];
  readonly events: readonly Happening[];
  readonly attempts: readonly Attempt[];
}

const known = new WeakMap<Call, Tree & { readonly revision: number }>();

/** Lists all that came of a call, in no order of time. A root is walked again only if it has changed. */
export function treeOf(call: Call): Tree {
  const before = known.get(call);
  if (before?.revision === call.revision) return before;
  const calls: Call[] = [];
  const events: Happening[] = [];
  const attempts: Attempt[] = [];
  // A list of what is left replaces recursion, because chains may be deep.
  const open: Parent[] = [call];
  for (let it = open.pop(); it !== undefined; it = open.pop()) {
    if (isCall(it)) calls.push(it);
    else attempts.push(it);
    open.push(...it.calls);
    for (const event of it.events) {
      events.push(event);
      for (const run of event.runs) open.push(...run.attempts);
    }
  }
  const tree = { revision: call.revision, calls, events, attempts };
  // Only a root call counts its changes.
  if (call.by === undefined) known.set(call, tree);
  return tree;
}
