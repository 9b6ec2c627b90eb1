import type { ListenerArgument } from '../attempt/argument.ts';
import type { BusState, Override } from '../model/bus-state.ts';
import type { AnyDependencies, AnyDependency } from '../types/dependency.ts';
import { isGenerator, isObject } from '../words/guards.ts';

/** Marks a dependency. All copies of this package know the mark. */
const DEPENDENCY = Symbol.for('trpc-events.dependency.1');

export function isDependency(value: unknown): value is AnyDependency {
  return isObject(value) && DEPENDENCY in value;
}

export function makeDependency(needs: AnyDependencies, create: (options: object) => unknown): AnyDependency {
  const dependency = { '~needs': needs, '~create': create };
  return Object.freeze(Object.defineProperty(dependency, DEPENDENCY, { value: true }));
}

type AnyGenerator = Generator<unknown, unknown> | AsyncGenerator<unknown, unknown>;

/** The dependencies of one attempt: each is made once, and they are cleaned up in reverse order. */
export class Resolver {
  readonly #bus: BusState;
  readonly #made = new Map<AnyDependency, Promise<unknown>>();
  /** Generators that have yielded, in that order. */
  readonly #open: AnyGenerator[] = [];
  /** Set when the attempt has ended: anything that still goes on in it fails with this error. */
  #ended: { readonly error: unknown } | undefined = undefined;

  constructor(bus: BusState) {
    this.#bus = bus;
  }

  /** Makes all values, by name. If one fails, rejects only after the others have settled, so that they can be cleaned up. */
  async values(
    dependencies: AnyDependencies,
    argument: ListenerArgument,
    ctx: object,
  ): Promise<Record<string, unknown>> {
    const names = Object.keys(dependencies);
    const settled = await Promise.allSettled(
      names.map((name) => this.#value(dependencies[name]!, argument, ctx)),
    );
    const values: Record<string, unknown> = {};
    for (const [i, result] of settled.entries()) {
      if (result.status === 'rejected') throw result.reason;
      values[names[i]!] = result.value;
    }
    return values;
  }

  #value(dependency: AnyDependency, argument: ListenerArgument, ctx: object): Promise<unknown> {
    const { overrides } = this.#bus;
    const override = overrides.get(dependency)?.at(-1);
    if (override !== undefined) {
      const { fake } = override;
      return isDependency(fake) ? this.#value(fake, argument, ctx) : Promise.resolve(fake);
    }
    const made = this.#made.get(dependency) ?? this.#make(dependency, argument, ctx);
    this.#made.set(dependency, made);
    return made;
  }

  async #make(dependency: AnyDependency, argument: ListenerArgument, ctx: object): Promise<unknown> {
    const values = await this.values(dependency['~needs'], argument, ctx);
    this.assertOpen();
    const created = dependency['~create']({ ...values, event: argument.event, ctx });
    if (!isGenerator(created)) return created;
    const { done, value } = await created.next();
    // The attempt has ended meanwhile (its time was over, or a middleware raced with `next()`), so clean up here.
    if (this.#ended !== undefined) return endLate(created, this.#ended.error);
    if (done)
      throw new Error(
        'a dependency ended before it yielded: a generator yields its value once, then cleans up',
      );
    this.#open.push(created);
    return value;
  }

  /** @throws if the attempt has ended, so that code that still runs in it goes no further */
  assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended.error;
  }

  /** Ends the generators, the last one first. Returns the error that the attempt ends with, if there is one. */
  async finish(
    failure: { readonly error: unknown } | undefined,
  ): Promise<{ readonly error: unknown } | undefined> {
    this.#ended = failure ?? { error: over() };
    for (let generator = this.#open.pop(); generator !== undefined; generator = this.#open.pop()) {
      try {
        const { done } = await (failure === undefined ? generator.next() : generator.throw(failure.error));
        if (!done)
          throw new Error(
            'a dependency yielded a second time: a generator yields its value once, then cleans up',
          );
      } catch (error) {
        // A cleanup that fails after a success (a commit, say) fails the attempt. After a failure, the first error counts.
        failure ??= { error };
      }
    }
    return failure;
  }
}

async function endLate(generator: AnyGenerator, error: unknown): Promise<never> {
  try {
    await generator.throw(error);
  } catch {
    // The generator rethrows this error, or fails in its cleanup: the attempt already has its reason to fail.
  }
  throw error;
}

function over(): Error {
  return new Error('the attempt had ended before: a middleware did not wait for next()');
}

/** Returns true if a dependency is, or needs, another one. Current overrides count. */
export function leadsTo(
  from: unknown,
  to: AnyDependency,
  overrides: ReadonlyMap<AnyDependency, readonly Override[]>,
): boolean {
  if (!isDependency(from)) return false;
  if (from === to) return true;
  const override = overrides.get(from)?.at(-1);
  const next = override === undefined ? Object.values(from['~needs']) : [override.fake];
  return next.some((dependency) => leadsTo(dependency, to, overrides));
}
