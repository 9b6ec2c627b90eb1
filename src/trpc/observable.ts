import type { CallScope } from '../core/scope/scope.ts';
import { runIn } from '../core/scope/storage.ts';
import { StreamScope } from './stream-scope.ts';

/** What is used of tRPC's observables, which are recognised by their shape. */
interface Observable {
  subscribe(observer: Partial<Observer>): { unsubscribe(): void };
}
interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

const TURN = Promise.resolve();

/** As with iterables, what throws when it is looked at is none. */
export function isObservable(value: object): value is Observable {
  try {
    return 'subscribe' in value && typeof value.subscribe === 'function';
  } catch {
    return false;
  }
}

/** The same observable, whose subscriber and teardown run in its scope. */
export function streamObservable(scope: CallScope, source: Observable): Observable {
  const stream = new StreamScope(scope);
  return Object.create(source, { subscribe: { value: subscribe, enumerable: true } }) as Observable;

  function subscribe(observer: Partial<Observer>) {
    stream.pulled();
    /** Where the flush of a value is inline, what comes after it waits for that. */
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
        // What a subscriber throws goes to whoever told it, and that has gone on.
      }
    }
    function end(): Promise<void> | undefined {
      return stream.ended(failure === undefined, failure?.error);
    }
    /** Its teardown runs when this has returned, and may dispatch. */
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
        tell(endSoon(), () => observer.complete?.());
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
