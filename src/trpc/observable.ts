import type { CallScope } from '../core/scope/call-scope.ts';
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

export function isObservable(value: object): value is Observable {
  return 'subscribe' in value && typeof value.subscribe === 'function';
}

/** The same observable, whose subscriber and teardown run in its scope. */
export function streamObservable(scope: CallScope, source: Observable): Observable {
  const stream = new StreamScope(scope);
  return Object.create(source, { subscribe: { value: subscribe, enumerable: true } }) as Observable;

  function subscribe(observer: Partial<Observer>) {
    stream.pulled();
    const wrapped: Observer = {
      next(value) {
        void stream.yielded();
        observer.next?.(value);
      },
      error(error) {
        void stream.ended(false, error);
        observer.error?.(error);
      },
      complete() {
        void stream.ended(true);
        observer.complete?.();
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
        try {
          runIn(scope.frame, () => subscription.unsubscribe(), undefined);
        } finally {
          void stream.ended(true);
        }
      },
    };
  }
}
