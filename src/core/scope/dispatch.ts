import { isEventValue, payloadOf, schemaOf } from '../catalog/catalog.ts';
import { validate } from '../catalog/schema.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import type { BusState } from '../model/bus-state.ts';
import { type Item, NO_CTX } from '../model/item.ts';
import type { App } from '../model/settings.ts';
import type { WorkGroup } from '../model/work-group.ts';
import { reportLate, reportProblem } from '../report/report.ts';
import { EventsError } from '../words/errors.ts';
import { anything, aString, checkOptions, oneOf, type Rules } from '../words/options.ts';
import { quote } from '../words/suggest.ts';
import { reasonToDrop } from './judge.ts';
import { type Input, makeEvent } from './make-event.ts';
import { type Entry, acceptsEvents, nearestOpen, type Scope } from './scope.ts';
import { currentFrame, hasStorage, scopeOfApp, scopeOfBus } from './storage.ts';

/** `dispatch`, untyped: a name, a payload and options, or a value and options. */
export type DispatchFunction = (event: unknown, payload?: unknown, options?: unknown) => void;

const DISPATCH_OPTIONS: Rules = {
  when: oneOf('success', 'failure', 'settled'),
  key: aString,
  meta: anything,
};

/** The `dispatch` of one scope, which keeps the ctx that it was made with. */
export function dispatcher(scope: Scope, ctx: unknown): DispatchFunction {
  return function dispatch(event, payload, options) {
    const input = readInput(scope.bus.app, 'dispatch', event, payload, options, DISPATCH_OPTIONS);
    add(savepointIn(scope) ?? scope, ctx, input);
  };
}

/** `e.dispatch`: into whichever scope of a bus of this builder runs. */
export function dispatchAmbient(app: App, event: unknown, payload: unknown, options: unknown): void {
  const scope = requireScope(app, 'e.dispatch');
  const input = readInput(app, 'e.dispatch', event, payload, options, DISPATCH_OPTIONS);
  const open = nearestOpen(scope);
  // Once a call has settled, its ctx is gone, and its outcome is no longer this code's.
  if (open === undefined && !scope.isAttempt) return publishLate(scope, input);
  add(open ?? scope, open === undefined ? NO_CTX : open.ctx, input);
}

/** @throws EventsError for an event, a payload or options that don't fit */
export function readInput(
  app: App,
  where: string,
  event: unknown,
  payload: unknown,
  options: unknown,
  rules: Rules,
): Input {
  if (isEventValue(event)) {
    const schema = schemaOf(app.shape, event.name);
    if (options !== undefined) {
      throw new EventsError(
        'BAD_OPTION',
        `${where} takes the options of a value as its second argument: ${quote(event.name)} brings its payload.`,
      );
    }
    if (payload !== undefined) checkOptions(where, payload, rules);
    return { name: event.name, payload: payloadOf(event, schema), options: payload as Input['options'] };
  }
  const schema = schemaOf(app.shape, event);
  const name = event as string;
  if (options !== undefined) checkOptions(where, options, rules);
  const output = validate(schema, payload, name);
  return { name, payload: copyPayload(output, name), options: options as Input['options'] };
}

/**
 * The scope that runs, of whichever bus of this builder.
 *
 * @throws EventsError `NO_SCOPE`
 */
export function requireScope(app: App, what: string): Scope {
  const scope = scopeOfApp(app);
  if (scope !== undefined) return scope;
  throw new EventsError(
    'NO_SCOPE',
    hasStorage
      ? `${what} was called outside any scope of this e: no procedure, listener or bus.scope runs here. Give the procedure .use(bus.middleware()), and a route handler or server action withEvents of trpc-events/next. Elsewhere, use bus.publish for one event, or bus.scope around several.`
      : `${what} needs AsyncLocalStorage, which this platform lacks (on Cloudflare Workers, set the compatibility flag nodejs_als or nodejs_compat; in a browser, call the server, and dispatch there). Use ctx.dispatch, bus.scope(({ dispatch }) => …), or bus.publish.`,
  );
}

/** The innermost savepoint of a scope that runs here, if one does: `ctx.dispatch` in `e.scope` belongs to that. */
function savepointIn(scope: Scope): Scope | undefined {
  const current = scopeOfBus(scope.bus);
  if (current === undefined || current === scope) return undefined;
  let savepoint: Scope | undefined;
  let above = nearestOpen(current);
  for (; above !== undefined && above !== scope; above = above.parent) {
    // Those around another call are this scope's; those within it are that call's.
    if (!above.call?.isSavepoint) savepoint = undefined;
    else if (above.outcome === 'open') savepoint ??= above;
  }
  return above === scope ? savepoint : undefined;
}

function add(scope: Scope, ctx: unknown, input: Input): void {
  const { bus, root } = scope;
  const open = nearestOpen(scope);
  if (bus.closing) refuseWhenClosed(bus, open);
  if (ctx === NO_CTX) requireContext(bus, input.name);
  const waiting = root.entries;
  if (open !== undefined && waiting !== undefined && waiting.length >= bus.settings.limits.perScope) {
    throw new EventsError(
      'LIMIT_EXCEEDED',
      `A scope holds ${waiting.length} events, which is limits.perScope. Dispatch one event that stands for many, or raise the limit.`,
    );
  }
  const cause = currentFrame()?.scope.attempt ?? scope.attempt;
  const when = input.options?.when ?? bus.settings.when;
  const { event, problem } = makeEvent(bus, input, when, scope, ctx, cause);
  const entry = { event, ctx, cause, when, scope, sequence: root.nextSequence++ };
  if (problem !== undefined) return reportProblem(bus, problem, event, cause);
  if (open === undefined) return flushLate(scope, entry);
  if (root.entries === undefined) root.entries = [entry];
  else root.entries.push(entry);
}

function refuseWhenClosed(bus: BusState, open: Scope | undefined): void {
  if (acceptsEvents(bus, open)) return;
  throw new EventsError(
    'CLOSED',
    'The bus is closed: it takes no events from what began, or streams, after close(). Stop taking requests before you close it.',
  );
}

/** Flushes by itself what came when all its scopes had settled, if their outcome lets it. */
function flushLate(scope: Scope, entry: Entry): void {
  const { bus } = scope;
  const reason = reasonToDrop(entry);
  if (reason !== undefined) return bus.discard(entry, reason);
  flushNow(bus, entry, scope.group);
}

function publishLate(scope: Scope, input: Input): void {
  const { bus } = scope;
  if (bus.closing) refuseWhenClosed(bus, undefined);
  requireContext(bus, input.name);
  const cause = currentFrame()?.scope.attempt;
  const when = input.options?.when ?? bus.settings.when;
  const { event, problem } = makeEvent(bus, input, when, scope, NO_CTX, cause);
  if (problem !== undefined) return reportProblem(bus, problem, event, cause);
  const item = { event, ctx: NO_CTX, cause };
  if (scope.root.isAttempt && scope.root.outcome === 'failed') return bus.discard(item, 'attempt-failed');
  flushNow(bus, item, scope.group);
}

function flushNow(bus: BusState, item: Item, group: WorkGroup): void {
  if (group.isOver(bus)) reportLate(bus, item);
  bus.flushNow(item, group);
}

/** @throws EventsError `NO_CONTEXT`, where listeners need a ctx and nothing makes one */
export function requireContext(bus: BusState, what: string): void {
  if (bus.settings.createContext !== undefined || !bus.app.namesContext) return;
  throw new EventsError(
    'NO_CONTEXT',
    `${quote(what)} comes from no procedure, and e.bus was given no createContext to make the ctx of its listeners: add \`createContext: ({ event }) => …\`, or give withEvents a \`context\`.`,
  );
}
