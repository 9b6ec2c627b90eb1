import { isObject } from '../core/options.ts';
import type { CallScope } from '../core/scope/call-scope.ts';
import { runIn } from '../core/scope/storage.ts';
import { StreamScope } from './stream-scope.ts';

type Step = (value?: unknown) => Promise<IteratorResult<unknown>>;

/** What throws when it is looked at is none: the scope of its call must settle all the same. */
export function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  try {
    return Symbol.asyncIterator in value;
  } catch {
    return false;
  }
}

/**
 * The same iterable, each step of which runs in its scope. A proxy, since what a procedure returns may be more than an
 * iterable; and no `async function*`, which loses the AsyncLocalStorage, hangs with its source, and leaks where it is
 * returned before it was started.
 */
export function streamIterable(scope: CallScope, source: AsyncIterable<unknown>): AsyncIterable<unknown> {
  const stream = new StreamScope(scope);
  const steps =
    'next' in source ? wrapIterator(stream, source as AsyncIterator<unknown> & object) : undefined;
  // A proxy may not replace the members of a frozen object.
  return new Proxy(Object.isFrozen(source) ? Object.create(source) : source, {
    get(_target, key) {
      if (key === Symbol.asyncIterator) {
        return () =>
          steps ??
          wrapIterator(
            stream,
            runIn(scope.frame, () => source[Symbol.asyncIterator](), undefined),
          );
      }
      if (steps !== undefined && Object.hasOwn(steps, key)) return steps[key as keyof typeof steps];
      const value: unknown = Reflect.get(source, key, source);
      // On its own object, since that may have private members, which a proxy has not.
      return typeof value === 'function' ? value.bind(source) : value;
    },
  });
}

function wrapIterator(stream: StreamScope, iterator: AsyncIterator<unknown> & object) {
  const { scope } = stream;
  let pulls = 0;

  async function pull(step: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    stream.pulled();
    pulls++;
    let result: IteratorResult<unknown>;
    try {
      result = await runIn(scope.frame, step, undefined);
    } catch (error) {
      await stream.ended(false, error);
      throw error;
    }
    await (result.done ? stream.ended(true) : stream.yielded());
    if (--pulls === 0 && !result.done) stream.waits();
    return result;
  }

  const next: Step = (value) => pull(() => iterator.next(value));
  const end: Step = (value) =>
    pull(async () => {
      const result = await iterator.return?.(value);
      return { done: true, value: isObject(result) ? result.value : value };
    });
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
