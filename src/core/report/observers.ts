import type { DeadLetter } from '../types/delivery.ts';
import type { AnyEvent } from '../types/event.ts';
import type {
  AttemptInfo,
  DeliveryInfo,
  DiscardReason,
  DispatchInfo,
  EventObserver,
  FlushInfo,
  ObservedBus,
  Outcome,
  RunStep,
  ScopeInfo,
  SendInfo,
  TraceContext,
} from '../types/observer.ts';
import type { EventsError } from '../words/errors.ts';
import { guarded, isObject, isThenable } from '../words/guards.ts';

type RefusedInfo = Parameters<NonNullable<EventObserver['refused']>>[1];
type ErroredInfo = Parameters<NonNullable<EventObserver['errored']>>[1];
/** The common shape of an observer's four wrappers. */
type Wrapper = (info: unknown, run: RunStep, bus: ObservedBus) => unknown;
type WrapperName = 'wrapFlush' | 'wrapAttempt' | 'wrapSend' | 'wrapDelivery';

/** The part of a bus that its observers need. */
export interface ObservedWork {
  /** Hears of everything that an observer throws. */
  failed(observer: EventObserver, hook: string, thrown: unknown): void;
  /** Lets a drain wait for what a wrapper still does after its step. The promise never rejects. */
  waitFor(what: string, promise: Promise<unknown>): void;
}

type Having<H extends keyof EventObserver> = EventObserver & Required<Pick<EventObserver, H>>;

/** The observers of a bus. An observer that throws is reported and skipped. */
export class Observers {
  readonly #list: readonly EventObserver[];
  /** True if an observer wraps attempts. If none does, attempts are invoked as without observers. */
  readonly wrapsAttempts: boolean;
  readonly wrapsFlushes: boolean;
  /** True if an observer wants to know when the response was sent, even of a call without events. */
  readonly awaitsResponses: boolean;
  readonly #work: ObservedWork;
  readonly #bus: ObservedBus;
  readonly #openedBy: readonly Having<'scopeOpened'>[];
  readonly #settledBy: readonly Having<'scopeSettled'>[];
  readonly #dispatchedBy: readonly Having<'dispatched'>[];

  constructor(list: readonly EventObserver[], work: ObservedWork, bus: ObservedBus) {
    this.#list = list;
    this.#work = work;
    this.#bus = bus;
    this.wrapsAttempts = list.some(has('wrapAttempt'));
    this.wrapsFlushes = list.some(has('wrapFlush'));
    this.awaitsResponses = list.some(has('responseSent'));
    // These hooks are called for each call and each dispatch, so who has them is looked up once.
    this.#openedBy = list.filter(has('scopeOpened'));
    this.#settledBy = list.filter(has('scopeSettled'));
    this.#dispatchedBy = list.filter(has('dispatched'));
  }

  /** True if an observer sees scopes open or settle. If none does, the bus saves the work of telling. */
  get seesScopes(): boolean {
    return this.#openedBy.length + this.#settledBy.length > 0;
  }

  get seesDispatches(): boolean {
    return this.#dispatchedBy.length > 0;
  }

  scopeOpened(scope: ScopeInfo): void {
    for (const observer of this.#openedBy)
      this.#tell(observer, 'scopeOpened', () => observer.scopeOpened(scope));
  }

  scopeSettled(scope: ScopeInfo, outcome: Outcome): void {
    for (const observer of this.#settledBy)
      this.#tell(observer, 'scopeSettled', () => observer.scopeSettled(scope, outcome));
  }

  responseSent(scope: ScopeInfo): void {
    this.#tellAll('responseSent', (observer) => observer.responseSent?.(scope));
  }

  responseUnknown(scope: ScopeInfo, isDirect: boolean): void {
    this.#tellAll('responseUnknown', (observer) => observer.responseUnknown?.(scope, { isDirect }));
  }

  /** Returns the trace context of the first observer that has one. */
  dispatched(event: AnyEvent, info: DispatchInfo): TraceContext | undefined {
    let trace: TraceContext | undefined;
    for (const observer of this.#dispatchedBy) {
      this.#tell(observer, 'dispatched', () => {
        const given = observer.dispatched(event, info);
        trace ??= traceIn(given);
        return given;
      });
    }
    return trace;
  }

  discarded(event: AnyEvent, reason: DiscardReason): void {
    this.#tellAll('discarded', (observer) => observer.discarded?.(event, { reason }));
  }

  unhandled(event: AnyEvent): void {
    this.#tellAll('unhandled', (observer) => observer.unhandled?.(event));
  }

  deadLettered(letter: DeadLetter): void {
    this.#tellAll('deadLettered', (observer) => observer.deadLettered?.(letter));
  }

  refused(error: EventsError, info: RefusedInfo): void {
    this.#tellAll('refused', (observer) => observer.refused?.(error, info));
  }

  errored(error: EventsError, info: ErroredInfo): void {
    this.#tellAll('errored', (observer) => observer.errored?.(error, info));
  }

  backedOff(attempt: AttemptInfo, error: unknown, delay: number): void {
    this.#tellAll('backedOff', (observer) => observer.backedOff?.(attempt, { error, delay }));
  }

  wrapFlush(flush: FlushInfo, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapFlush', flush, run);
  }

  wrapAttempt(attempt: AttemptInfo, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapAttempt', attempt, run);
  }

  wrapSend(send: SendInfo, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapSend', send, run);
  }

  wrapDelivery(delivery: DeliveryInfo, run: RunStep): Promise<Outcome> {
    return this.#wrap('wrapDelivery', delivery, run);
  }

  #tellAll(hook: string, call: (observer: EventObserver) => unknown): void {
    for (const observer of this.#list) this.#tell(observer, hook, () => call(observer));
  }

  #tell(observer: EventObserver, hook: string, call: () => unknown): void {
    guarded(call, (thrown) => this.#work.failed(observer, hook, thrown));
  }

  /** Wraps a step in all observers. The first observer is the outermost. The step runs before this returns. */
  #wrap(hook: WrapperName, info: unknown, run: RunStep): Promise<Outcome> {
    let step = run;
    for (const observer of [...this.#list].reverse()) {
      if (observer[hook] !== undefined) step = this.#wrapped(observer, hook, info, step);
    }
    return step();
  }

  /** Wraps a step in one observer. The step runs exactly once, whatever the observer does. */
  #wrapped(observer: EventObserver, hook: WrapperName, info: unknown, inner: RunStep): RunStep {
    const failed = (thrown: unknown) => this.#work.failed(observer, hook, thrown);
    return () => {
      let outcome: Promise<Outcome> | undefined;
      const run: RunStep = () => (outcome ??= inner());
      try {
        const returned = (observer[hook] as Wrapper).call(observer, info, run, this.#bus);
        const check = outcome === undefined ? () => failed(new Error(NOT_CALLED)) : undefined;
        // An async function may have thrown before it called `run`. That error says more than that `run` was not called.
        if (!isThenable(returned)) check?.();
        else this.#work.waitFor(`${hook} of ${observer.name}`, Promise.resolve(returned).then(check, failed));
      } catch (thrown) {
        failed(thrown);
      }
      return run();
    };
  }
}

const NOT_CALLED = 'it returned before it called run(): call it at once, not after an await';

/** Reads the trace context that an observer has returned. Its texts are copied, so that nothing else gets on the event. */
function traceIn(given: unknown): TraceContext | undefined {
  if (!isObject(given)) return undefined;
  const { traceparent, tracestate } = given as TraceContext;
  if (typeof traceparent !== 'string') return undefined;
  return { traceparent, tracestate: typeof tracestate === 'string' ? tracestate : undefined };
}

/** Makes a test for observers that have a hook. */
function has<H extends keyof EventObserver>(hook: H) {
  return (observer: EventObserver): observer is Having<H> => observer[hook] !== undefined;
}
