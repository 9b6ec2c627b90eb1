import { isThenable, reportHook, guarded, type Reported } from '../report.ts';
import { isObject } from '../options.ts';
import type { Attempt } from '../flush/attempt.ts';
import type { BusState } from './bus-state.ts';
import type { Scope } from '../scope/scope.ts';
import type { CallScope } from '../scope/call-scope.ts';
import type { AnyEvent } from '../types/event.ts';
import type {
  AttemptInfo,
  DiscardReason,
  DispatchInfo,
  EventObserver,
  Outcome,
  RunStep,
  ScopeInfo,
  TraceContext,
} from '../types/observer.ts';

/** What the four wrappers of an observer have in common. */
type Wrapper = (info: unknown, run: RunStep) => unknown;
type WrapperName = 'wrapFlush' | 'wrapAttempt' | 'wrapSend' | 'wrapDelivery';

/** The observers of a bus. One that throws is reported and skipped. */
export class Observers {
  readonly #bus: BusState;
  readonly list: readonly EventObserver[];

  constructor(bus: BusState, list: readonly EventObserver[]) {
    this.#bus = bus;
    this.list = list;
  }

  scopeOpened(scope: CallScope): void {
    const info = scopeInfo(scope);
    this.#tell('scopeOpened', (observer) => observer.scopeOpened?.(info));
  }

  scopeSettled(scope: CallScope, outcome: Outcome): void {
    const info = scopeInfo(scope);
    this.#tell('scopeSettled', (observer) => observer.scopeSettled?.(info, outcome));
  }

  responseSent(scope: CallScope): void {
    const info = scopeInfo(scope);
    this.#tell('responseSent', (observer) => observer.responseSent?.(info));
  }

  /** What the first observer that has one gives as trace context. */
  dispatched(
    event: AnyEvent,
    when: DispatchInfo['when'],
    scope: Scope | undefined,
    attempt: Attempt | undefined,
  ): TraceContext {
    const info = {
      when,
      scope: scope?.call && scopeInfo(scope.call),
      attempt: attempt && attemptInfo(attempt, [event]),
    };
    let trace: TraceContext = {};
    this.#tell('dispatched', (observer) => {
      const given = observer.dispatched?.(event, info);
      if (isObject(given)) trace = { ...given, ...trace };
      return given;
    });
    return trace;
  }

  discarded(event: AnyEvent, reason: DiscardReason): void {
    this.#tell('discarded', (observer) => observer.discarded?.(event, { reason }));
  }

  unhandled(event: AnyEvent): void {
    this.#tell('unhandled', (observer) => observer.unhandled?.(event));
  }

  errored({ error, event, listener, attempt }: Reported): void {
    // What fails while it hears of an error is not told of that: it would not end.
    if (error.code === 'HOOK_FAILED') return;
    this.#tell('errored', (observer) => observer.errored?.(error, { event, listener, attempt }));
  }

  backedOff(attempt: Attempt, error: unknown, delay: number): void {
    // `wrapAttempt` has made it, with the event, if an observer has that.
    const info = attemptInfo(attempt, []);
    this.#tell('backedOff', (observer) => observer.backedOff?.(info, { error, delay }));
  }

  wrapFlush(events: readonly AnyEvent[], run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapFlush', { events }, run);
  }

  wrapAttempt(attempt: Attempt, events: readonly AnyEvent[], run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapAttempt', attemptInfo(attempt, events), run);
  }

  wrapDelivery(event: AnyEvent, attempt: number, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapDelivery', { event, attempt }, run);
  }

  #tell(hook: string, call: (observer: EventObserver) => unknown): void {
    for (const observer of this.list) {
      guarded(
        () => call(observer),
        (thrown) => reportHook(this.#bus, `The observer ${observer.name}, in ${hook},`, thrown),
      );
    }
  }

  /** The first observer is the outermost. */
  #wrap(hook: WrapperName, info: unknown, run: RunStep): Promise<Outcome> {
    let step = run;
    for (const observer of [...this.list].reverse()) {
      if (observer[hook] !== undefined) step = this.#wrapped(observer, hook, info, step);
    }
    return step();
  }

  /** A step that runs exactly once, whatever its observer does. */
  #wrapped(observer: EventObserver, hook: WrapperName, info: unknown, inner: RunStep): RunStep {
    const failed = (thrown: unknown) =>
      reportHook(this.#bus, `The observer ${observer.name}, in ${hook},`, thrown);
    return () => {
      let outcome: Promise<Outcome> | undefined;
      const run: RunStep = () => (outcome ??= inner());
      try {
        const returned = (observer[hook] as Wrapper).call(observer, info, run);
        if (isThenable(returned)) Promise.resolve(returned).catch(failed);
        if (outcome === undefined)
          failed(new Error('it returned before it called run(): call it at once, not after an await'));
      } catch (thrown) {
        failed(thrown);
      }
      return run();
    };
  }
}

/** What observers see of a scope: one object, for as long as it lives. */
function scopeInfo(scope: CallScope): ScopeInfo {
  return (scope.info ??= Object.freeze({
    kind: scope.kind,
    path: scope.path,
    type: scope.source?.type,
    batchIndex: scope.source?.batchIndex,
    parent: scope.parent?.call && scopeInfo(scope.parent.call),
    attempt: scope.attempt && attemptInfo(scope.attempt, []),
  }));
}

/** What observers see of an attempt: one object, for as long as it lives. */
function attemptInfo(attempt: Attempt, events: readonly AnyEvent[]): AttemptInfo {
  const [first] = events;
  let info = attemptInfos.get(attempt);
  if (info === undefined) {
    info = Object.freeze({
      listener: attempt.listener,
      event: attempt.event ?? first!,
      events: attempt.event === undefined ? events : [attempt.event],
      attempt: attempt.number,
    });
    attemptInfos.set(attempt, info);
  }
  return info;
}

const attemptInfos = new WeakMap<Attempt, AttemptInfo>();
