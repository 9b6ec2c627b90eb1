import { namesOnlyIn } from '../catalog/same-names.ts';
import type { BusState } from '../model/bus-state.ts';
import { addToDelivery, NO_CTX } from '../model/item.ts';
import type { App } from '../model/settings.ts';
import type { Lookup } from '../model/target.ts';
import { WorkGroup } from '../model/work-group.ts';
import { printOnce, reportLate, reportProblem } from '../report/report.ts';
import type { DiscardReason } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';
import { anything, aString, oneOf, type Rules } from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { reasonToDrop } from './judge.ts';
import { makeEvent } from './make-event.ts';
import { readInput, type Input } from './read-input.ts';
import { assertAcceptsEvents, nearestOpen, type Entry, type Frame, type Scope } from './scope.ts';
import { anyOpenScope, currentFrame, hasStorage, scopeOfApp, scopeOfBus, scopeWhere } from './storage.ts';
import { ifEdited, isVersionOf } from './versions.ts';

/** `dispatch`, untyped: a name, a payload and options, or a value and options. */
export type DispatchFunction = (event: unknown, payload?: unknown, options?: unknown) => void;

const DISPATCH_OPTIONS: Rules = {
  when: oneOf('success', 'failure', 'settled'),
  key: aString,
  meta: anything,
};

/** Makes the `dispatch` of one scope. It keeps the ctx that it was made with. */
export function dispatcher(scope: Scope, ctx: unknown): DispatchFunction {
  return function dispatch(event, payload, options) {
    const input = readInput(scope.bus, 'dispatch', event, payload, options, DISPATCH_OPTIONS);
    const frame = currentFrame();
    add(savepointIn(scope, frame) ?? scope, ctx, input, frame, reasonToDrop);
  };
}

/** `e.dispatch`: dispatches into the scope that runs, of any bus of this builder. The catalog of that bus validates. */
export function dispatchAmbient(app: App, event: unknown, payload: unknown, options: unknown): void {
  const scope = requireScope(app, 'e.dispatch');
  const input = readInput(scope.bus, 'e.dispatch', event, payload, options, DISPATCH_OPTIONS);
  const open = nearestOpen(scope);
  const frame = currentFrame();
  if (open !== undefined) add(open, open.ctx, input, frame, reasonToDrop);
  // Code that has outlived its call no longer belongs to it: only an attempt around the call still counts, whatever `when`.
  // (`ctx.dispatch` names its call, so there the outcome of the call counts.)
  else add(scope, NO_CTX, input, frame, scope.isAttempt ? reasonToDrop : reasonOutsideCall);
}

function reasonOutsideCall({ scope: { root } }: Entry): DiscardReason | undefined {
  return root.isAttempt && root.outcome === 'failed' ? 'attempt-failed' : undefined;
}

/**
 * Returns the scope that runs, of any bus of this builder.
 *
 * @throws EventsError `NO_SCOPE`
 */
export function requireScope(app: App, what: string): Scope {
  const scope = scopeOfApp(app);
  if (scope !== undefined) return scope;
  const version = scopeWhere(({ bus }) => isVersionOf(app, bus));
  const other = version ?? anyOpenScope();
  if (other !== undefined) {
    const message = otherScope(app, what, other.bus);
    if (version === undefined) throw new EventsError('NO_SCOPE', message);
    printOnce(other.bus, `NO_SCOPE in production: ${message}`);
    return version;
  }
  throw new EventsError(
    'NO_SCOPE',
    hasStorage
      ? `${what} was called outside any scope of this e. In a procedure, add .use(bus.middleware()). In any other handler, use withEvents (in Next.js, the one of trpc-events/next). In a stream nested in a procedure's result, use ctx.dispatch. In a script or a job, use bus.publish for one event, or bus.scope around several.`
      : `${what} needs AsyncLocalStorage, which this platform lacks (on Cloudflare Workers, set the compatibility flag nodejs_als or nodejs_compat; in a browser, call the server, and dispatch there). Use ctx.dispatch, bus.scope(({ dispatch }) => …), or bus.publish.`,
  );
}

/** Says that a scope is open here, but that its bus has other events. */
function otherScope(app: App, what: string, other: BusState): string {
  const mine = namesOnlyIn(app.shape, other.app.shape);
  const theirs = namesOnlyIn(other.app.shape, app.shape);
  const differences = [mine && `only this e has ${mine}`, theirs && `only the other has ${theirs}`];
  return `${what} was called outside any scope of this e. A scope of another builder is open here, with other events: ${differences.filter(Boolean).join('; ')}. Use the e of that builder, or open a scope of a bus of this e.${ifEdited(other)}`;
}

/** Returns the innermost savepoint of a scope that runs here: `ctx.dispatch` within `e.scope` belongs to the savepoint. */
function savepointIn(scope: Scope, frame: Frame | undefined): Scope | undefined {
  const current = scopeOfBus(scope.bus, frame);
  if (current === undefined || current === scope) return undefined;
  let savepoint: Scope | undefined;
  let above = nearestOpen(current);
  for (; above !== undefined && above !== scope; above = above.parent) {
    // A savepoint inside another call belongs to that call: forget it when we pass one.
    if (!above.call?.isSavepoint) savepoint = undefined;
    else if (above.outcome === 'open') savepoint ??= above;
  }
  return above === scope ? savepoint : undefined;
}

/** Adds an event to its scope. If all scopes have settled, the event is late: judges and flushes it at once. */
function add(
  scope: Scope,
  ctx: unknown,
  input: Input,
  frame: Frame | undefined,
  judgeLate: (entry: Entry) => DiscardReason | undefined,
): void {
  const { bus, root } = scope;
  const open = nearestOpen(scope);
  assertAcceptsEvents(bus, open, 'dispatch');
  if (ctx === NO_CTX) requireContext(bus, input.name);
  if (open !== undefined) assertRoom(bus, root);
  const cause = frame?.scope.attempt ?? scope.attempt;
  const when = input.options?.when ?? bus.settings.when;
  const { event, problem } = makeEvent(bus, input, when, scope, ctx, cause);
  const entry = { event, ctx, failure: undefined, cause, when, scope, sequence: root.nextSequence++ };
  if (problem !== undefined) {
    addToDelivery(cause, event, problem);
    return reportProblem(bus, problem, event, cause);
  }
  if (open === undefined) return flushLate(entry, judgeLate(entry));
  if (root.entries === undefined) root.entries = [entry];
  else root.entries.push(entry);
  let stream: Scope | undefined = scope;
  while (stream !== undefined && stream.call?.entryAdded === undefined) stream = stream.parent;
  stream?.call?.entryAdded?.();
}

/** @throws EventsError `LIMIT_EXCEEDED` */
function assertRoom({ settings }: BusState, { entries }: Scope): void {
  if (entries === undefined || entries.length < settings.limits.perScope) return;
  throw new EventsError(
    'LIMIT_EXCEEDED',
    `A scope holds ${entries.length} events, which is limits.perScope. Dispatch one event that stands for many, or raise the limit.`,
  );
}

function flushLate(entry: Entry, reason: DiscardReason | undefined): void {
  const { bus, group } = entry.scope;
  if (reason !== undefined) return bus.discard(entry.event, reason);
  if (group.isOver(bus)) reportLate(bus, entry.event);
  bus.flusher.flush(bus, [entry], new WorkGroup(group), 'late');
}

/** @throws EventsError `NO_CONTEXT` if listeners need a ctx and nothing makes one */
export function requireContext(
  { settings, app, registry }: BusState,
  name: string,
  targets?: Pick<Lookup, 'needsContext'>,
): void {
  if (settings.createContext !== undefined || !app.namesContext) return;
  if (!(targets ?? registry.lookUp(name, false)).needsContext) return;
  throw new EventsError(
    'NO_CONTEXT',
    `${quote(name)} comes from no procedure, and e.bus was given no createContext to make the ctx of its listeners: add \`createContext: ({ event }) => …\`, or give withEvents a \`context\`.`,
  );
}
