import { openExternal } from '../call/open-external.ts';
import { runScope } from '../call/run-scope.ts';
import { checkEnvironment } from '../flush/enabled.ts';
import { Pass } from '../flush/pass.ts';
import { BusState } from '../model/bus-state.ts';
import type { App } from '../model/settings.ts';
import { isDependency, leadsTo } from '../router/depends.ts';
import { Registry } from '../router/registry.ts';
import { routerOf } from '../router/router-core.ts';
import { DECORATE, type DecorateTarget } from '../router/target.ts';
import type { AnyApp } from '../types/app.ts';
import type { BusOptions } from '../types/bus-options.ts';
import type { CoreBus } from '../types/bus.ts';
import type { DeferCall, DeferStrategy } from '../types/defer.ts';
import type { ExternalCall } from '../types/external-call.ts';
import type { EventObserver, ObservedBus } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';
import { badArgument } from '../words/options.ts';
import { assertObserver, readBusOptions } from './bus-options.ts';
import { Attachments } from './attachments.ts';
import { deliver, reachedBy } from './deliver.ts';
import { closer } from './close.ts';
import { describeBus } from './describe.ts';
import { drain } from './drain.ts';
import { publish } from './publish.ts';
import { reportBy } from './report.ts';
import { Replaceable, type BusParts, type NewerBus } from './replace.ts';
import { attachSource } from './sources.ts';
import { streamEvents } from './stream.ts';

/** Makes a bus, without its tRPC middleware. */
export function createBus(
  app: App,
  given: BusOptions<AnyApp>,
  fallback: DeferStrategy,
  watchResponse?: (call: DeferCall) => boolean | undefined,
): { bus: CoreBus<AnyApp>; state: BusState } {
  const options = readBusOptions(given);
  checkEnvironment();
  const handlers = [...options.handlers];
  const { perScope = 10_000, pending = 10_000, depth = 16 } = options.limits ?? {};
  const decorate = (options as { [DECORATE]?: DecorateTarget })[DECORATE];
  const registry = new Registry(app.shape, handlers, decorate);
  const settings = {
    app,
    registry,
    meta: options.meta,
    createContext: options.createContext,
    onError: options.onError,
    onDiscard: options.onDiscard,
    deadLetter: options.deadLetter,
    when: options.when ?? 'success',
    defer: options.defer ?? fallback,
    watchResponse,
    unhandled: options.unhandled ?? 'warn',
    limits: { perScope, pending, depth },
  };
  const state = new BusState(settings, new Pass());
  registry.joinRouters();
  // testBus hears of all targets now, under their final names.
  if (decorate !== undefined) registry.targets();
  const parts = {
    settings,
    handlers: handlers.filter((handler) => routerOf(handler) === undefined),
    observers: [...(options.observers ?? [])],
  };
  return { bus: busApi(state, parts), state };
}

function busApi(state: BusState, parts: BusParts): CoreBus<AnyApp> {
  const attachments = new Attachments(state);
  const replaceable = new Replaceable(state, parts, attachments);
  const close = closer(
    state,
    () => replaceable.handlers(),
    () => attachments.detachAll(),
  );
  const api = {
    get pending() {
      return state.pending;
    },
    get enabled() {
      return state.enabled;
    },
    set enabled(value: boolean) {
      state.enabled = value;
    },
    publish: (event: unknown, payload?: unknown, options?: unknown) =>
      publish(state, event, payload, options),
    deliver: (envelope: never, options?: never) => deliver(state, envelope, options),
    listeners: (name: string) => reachedBy(state, name),
    report: (error: unknown, options?: never) => reportBy(state, error, options),
    attachSource: (source: never) => attachSource(state, source),
    scope: (fn: unknown, options?: unknown) => runScope(state, fn, options),
    '~open': (call: ExternalCall) => openExternal(state, call),
    '~parts': parts,
    '~share': (whyOutdated: string) => void (state.whyOutdated = whyOutdated),
    '~letGo': () => attachments.detachAll(),
    '~replaceBy': (newer: NewerBus) => replaceable.replaceBy(newer),
    stream: (pattern: unknown, options?: never) => streamEvents(state, pattern, options),
    override: (dependency: unknown, fake: unknown) => override(state, dependency, fake),
    observe: (observer: EventObserver) => {
      assertObserver('bus.observe', observer);
      return attachments.add(observer);
    },
    describe: (options?: never) => describeBus(state, options),
    drain: (options?: never) => drain(state, options),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
  const bus = api as unknown as CoreBus<AnyApp>;
  attachments.begin(bus as ObservedBus, parts.observers);
  return bus;
}

function override(state: BusState, dependency: unknown, fake: unknown): () => void {
  if (!isDependency(dependency)) {
    throw badArgument('bus.override', 'a dependency made by e.depends', dependency);
  }
  if (leadsTo(fake, dependency, state.overrides)) {
    throw new EventsError(
      'BAD_OPTION',
      'bus.override: the fake is, or needs, the dependency that it replaces. Make the fake of something else, or give a value.',
    );
  }
  const override = { fake };
  state.overrides.set(dependency, [...(state.overrides.get(dependency) ?? []), override]);
  return () => {
    const left = (state.overrides.get(dependency) ?? []).filter((other) => other !== override);
    if (left.length > 0) state.overrides.set(dependency, left);
    else state.overrides.delete(dependency);
  };
}
