import type { ListenerArgument } from './attempt.ts';
import type { BusState } from './bus-state.ts';
import { isObject } from './options.ts';
import type { AnyDependencies, AnyDependency } from './types/dependency.ts';

/** Marks a dependency, in whichever copy of this package. */
const DEPENDENCY = Symbol.for('trpc-events.dependency');

export function isDependency(value: unknown): value is AnyDependency {
  return isObject(value) && DEPENDENCY in value;
}

export function makeDependency(needs: AnyDependencies, create: (options: object) => unknown): AnyDependency {
  const dependency = { '~needs': needs, '~create': create };
  return Object.freeze(Object.defineProperty(dependency, DEPENDENCY, { value: true }));
}

type AnyGenerator = Generator<unknown, unknown> | AsyncGenerator<unknown, unknown>;

/** The dependencies of one attempt: each made once, and cleaned up in the reverse order. */
export class Resolver {
  readonly #bus: BusState;
  readonly #made = new Map<AnyDependency, Promise<unknown>>();
  /** Generators that have yielded, in the order in which they did. */
  readonly #open: AnyGenerator[] = [];

  constructor(bus: BusState) {
    this.#bus = bus;
  }

  /** All values, by name. Where one fails, it rejects after the others have settled, so that they can be cleaned up. */
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
    const created = dependency['~create']({ ...values, event: argument.event, ctx });
    if (!isGenerator(created)) return created;
    const { done, value } = await created.next();
    if (done)
      throw new Error(
        'a dependency ended before it yielded: a generator yields its value once, then cleans up',
      );
    this.#open.push(created);
    return value;
  }

  /** Ends the generators, last one first. Gives back the error that the attempt ends with, if it does with one. */
  async finish(
    failure: { readonly error: unknown } | undefined,
  ): Promise<{ readonly error: unknown } | undefined> {
    for (let generator = this.#open.pop(); generator !== undefined; generator = this.#open.pop()) {
      try {
        const { done } = await (failure === undefined ? generator.next() : generator.throw(failure.error));
        if (!done)
          throw new Error(
            'a dependency yielded a second time: a generator yields its value once, then cleans up',
          );
      } catch (error) {
        // A clean-up that fails after a success (a commit) fails the attempt; after a failure, that one counts.
        failure ??= { error };
      }
    }
    return failure;
  }
}

function isGenerator(value: unknown): value is AnyGenerator {
  return (
    isObject(value) &&
    typeof value['next'] === 'function' &&
    typeof value['throw'] === 'function' &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}
