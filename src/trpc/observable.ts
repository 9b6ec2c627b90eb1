import type { CallScope } from '../core/scope/scope.ts';
import { runIn } from '../core/scope/storage.ts';
import { type BreakConnection, StreamScope } from './stream-scope.ts';

/** The parts of tRPC's observables that are used. They are recognized by their shape. */
interface Observable {
  subscribe(observer: Partial<Observer>): { unsubscribe(): void };
}
interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

const TURN = Promise.resolve();

/** Returns false for a value that throws when it is inspected, as `isAsyncIterable` does. */
export function isObservable(value: object): value is Observable {
  try {
    return 'subscribe' in value && typeof value.subscribe === 'function';
  } catch {
    return false;
  }
}

/** Wraps an observable so that its subscriber and teardown run in its call's scope. */
export function streamObservable(
  scope: CallScope,
  source: Observable,
  breakConnection: BreakConnection,
): Observable {
  const stream = new StreamScope(scope, breakConnection);
  return Object.create(source, { subscribe: { value: subscribe, enumerable: true } }) as Observable;

  function subscribe(observer: Partial<Observer>) {
    stream.pulled();
    /** If a value is flushed inline, everything after it waits for this promise. */
    let before: Promise<void> | undefined;
    let waiting = 0;
    let failure: { readonly error: unknown } | undefined;
    let isLeft = false;
    function tell(waits: Promise<void> | undefined, call: () => void): void {
      if (before === undefined && waits === undefined) call();
      else before = tellAfter(before, waits, call);
    }
    async function tellAfter(former: typeof before, waits: typeof before, call: () => void) {
      waiting++;
      await former;
      await waits;
      if (--waiting === 0) before = undefined;
      try {
        if (!isLeft) call();
      } catch {
        // A subscriber's error belongs to the source that called it, and the source has moved on.
      }
    }
    function end(): Promise<void> | undefined {
      return stream.ended(failure === undefined, failure?.error);
    }
    /** Ends a turn later, because the source's teardown runs after `error` or `complete` returns, and may dispatch. */
    async function endSoon(): Promise<void> {
      await TURN;
      await end();
    }
    const wrapped: Observer = {
      next(value) {
        tell(stream.yielded(), () => observer.next?.(value));
      },
      error(error) {
        failure = { error };
        tell(endSoon(), () => observer.error?.(error));
      },
      complete() {
        if (stream.isCutOff()) void endSoon();
        else tell(endSoon(), () => observer.complete?.());
      },
    };
    let subscription: { unsubscribe(): void };
    try {
      subscription = runIn(scope.frame, () => source.subscribe(wrapped), undefined);
    } catch (error) {
      void stream.ended(false, error);
      throw error;
    }
    return {
      unsubscribe() {
        isLeft = true;
        try {
          runIn(scope.frame, () => subscription.unsubscribe(), undefined);
        } finally {
          void end();
        }
      },
    };
  }
}
