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
import type { EventsError } from '../words/errors.ts';
import { guarded, isObject, isThenable } from '../words/guards.ts';

type ErroredInfo = Parameters<NonNullable<EventObserver['errored']>>[1];
/** The common shape of an observer's four wrappers. */
type Wrapper = (info: unknown, run: RunStep) => unknown;
type WrapperName = 'wrapFlush' | 'wrapAttempt' | 'wrapSend' | 'wrapDelivery';

/** The observers of a bus. An observer that throws is reported and skipped. */
export class Observers {
  readonly list: readonly EventObserver[];
  readonly #failed: (what: string, thrown: unknown) => void;

  /** `failed` hears of everything that an observer throws. */
  constructor(list: readonly EventObserver[], failed: (what: string, thrown: unknown) => void) {
    this.list = list;
    this.#failed = failed;
  }

  scopeOpened(scope: ScopeInfo): void {
    this.#tell('scopeOpened', (observer) => observer.scopeOpened?.(scope));
  }

  scopeSettled(scope: ScopeInfo, outcome: Outcome): void {
    this.#tell('scopeSettled', (observer) => observer.scopeSettled?.(scope, outcome));
  }

  responseSent(scope: ScopeInfo): void {
    this.#tell('responseSent', (observer) => observer.responseSent?.(scope));
  }

  /** Returns the trace context of the first observer that has one. */
  dispatched(event: AnyEvent, info: DispatchInfo): TraceContext {
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

  errored(error: EventsError, info: ErroredInfo): void {
    // An observer that throws while it hears of an error must not hear of that one too: it would never end.
    if (error.code === 'HOOK_FAILED') return;
    this.#tell('errored', (observer) => observer.errored?.(error, info));
  }

  backedOff(attempt: AttemptInfo, error: unknown, delay: number): void {
    this.#tell('backedOff', (observer) => observer.backedOff?.(attempt, { error, delay }));
  }

  wrapFlush(events: readonly AnyEvent[], run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapFlush', { events }, run);
  }

  wrapAttempt(attempt: AttemptInfo, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapAttempt', attempt, run);
  }

  wrapDelivery(event: AnyEvent, attempt: number, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapDelivery', { event, attempt }, run);
  }

  #tell(hook: string, call: (observer: EventObserver) => unknown): void {
    for (const observer of this.list) {
      guarded(
        () => call(observer),
        (thrown) => this.#failed(`The observer ${observer.name}, in ${hook},`, thrown),
      );
    }
  }

  /** Wraps a step in all observers. The first observer is the outermost. */
  #wrap(hook: WrapperName, info: unknown, run: RunStep): Promise<Outcome> {
    let step = run;
    for (const observer of [...this.list].reverse()) {
      if (observer[hook] !== undefined) step = this.#wrapped(observer, hook, info, step);
    }
    return step();
  }

  /** Wraps a step in one observer. The step runs exactly once, whatever the observer does. */
  #wrapped(observer: EventObserver, hook: WrapperName, info: unknown, inner: RunStep): RunStep {
    const failed = (thrown: unknown) => this.#failed(`The observer ${observer.name}, in ${hook},`, thrown);
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
