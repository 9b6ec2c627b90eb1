import type { CallScope } from '../core/scope/scope.ts';
import { runIn } from '../core/scope/storage.ts';
import { isObject } from '../core/words/guards.ts';
import { type BreakConnection, StreamScope } from './stream-scope.ts';

/** An iterable that may be its own iterator, as a generator is. */
type Source = AsyncIterable<unknown> & Partial<AsyncIterator<unknown>>;
type Step = (value?: unknown) => Promise<IteratorResult<unknown>>;

/** Returns false for a value that throws when it is inspected, because its call's scope must settle all the same. */
export function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  try {
    return Symbol.asyncIterator in value;
  } catch {
    return false;
  }
}

/**
 * Wraps an iterable so that each step runs in its call's scope. The wrapper is a proxy, because a procedure may return
 * more than an iterable. An `async function*` would lose the AsyncLocalStorage, hang with its source, and leak if
 * `return` is called before the first `next`.
 */
export function streamIterable(
  scope: CallScope,
  source: Source,
  breakConnection: BreakConnection,
): AsyncIterable<unknown> {
  const stream = new StreamScope(scope, breakConnection);
  let own: ReturnType<typeof wrapIterator> | undefined;
  const ownSteps = () => (own ??= wrapIterator(stream, source as AsyncIterator<unknown>));
  function iterate() {
    let iterator: AsyncIterator<unknown>;
    try {
      iterator = runIn(scope.frame, () => source[Symbol.asyncIterator](), undefined);
    } catch (error) {
      void stream.ended(false, error);
      throw error;
    }
    return iterator === source ? ownSteps() : wrapIterator(stream, iterator);
  }
  return new Proxy(hasLocked(source) ? Object.create(source) : source, {
    get(_target, key) {
      if (key === Symbol.asyncIterator) return iterate;
      // A page of results may have its own `next`: a function that gets the next page, or a value that locates it.
      if (typeof source.next === 'function' && Object.hasOwn(ownSteps(), key))
        return ownSteps()[key as 'next'];
      const value: unknown = Reflect.get(source, key, source);
      // Methods are bound to the source itself, because it may have private members, which a proxy can't reach.
      return typeof value === 'function' ? value.bind(source) : value;
    },
  });
}

/** Returns true if a member is not configurable (frozen or defined so): a proxy may not replace it. */
function hasLocked(source: object): boolean {
  return Reflect.ownKeys(source).some((key) => !Reflect.getOwnPropertyDescriptor(source, key)?.configurable);
}

function wrapIterator(stream: StreamScope, iterator: AsyncIterator<unknown>) {
  const { scope } = stream;
  let pulls = 0;

  async function pull(
    step: () => Promise<IteratorResult<unknown>>,
    isNext = false,
  ): Promise<IteratorResult<unknown>> {
    stream.pulled();
    pulls++;
    let result: IteratorResult<unknown>;
    let isDone: boolean | undefined;
    try {
      result = await runIn(scope.frame, step, undefined);
      isDone = result.done;
    } catch (error) {
      await stream.ended(false, error);
      throw error;
    }
    if (isNext && isDone === true && stream.isCutOff()) await stream.lost();
    else await (isDone ? stream.ended(true) : stream.yielded());
    if (--pulls === 0 && !isDone) stream.waits();
    return result;
  }

  const next: Step = (value) => pull(() => iterator.next(value), true);
  const end: Step = (value) => {
    stream.left();
    return pull(async () => {
      const result = await iterator.return?.(value);
      return { done: true, value: isObject(result) ? result.value : value };
    });
  };
  const fail: Step = (error) =>
    pull(async () => {
      if (iterator.throw === undefined) throw error;
      return iterator.throw(error);
    });
  const wrapped = {
    next,
    return: end,
    throw: fail,
    async [Symbol.asyncDispose]() {
      await end();
    },
    [Symbol.asyncIterator]: () => wrapped,
  };
  return wrapped;
}
