/** The value of a dependency whose function returns `T`, `Promise<T>`, or a generator that yields `T` and cleans up. */
export type Provided<R> = R extends
  | AsyncGenerator<infer T, unknown, unknown>
  | Generator<infer T, unknown, unknown>
  ? T
  : Awaited<R>;

/** The result of `e.depends`: how to make a value that listeners need. Dependencies are compared by identity. */
export interface Dependency<TValue, TContext = any> {
  readonly '~needs': AnyDependencies;
  readonly '~create': (options: any) => unknown;
  /** Types only. */
  readonly '~types'?: { value: TValue; context: (context: TContext) => void };
}

/** Any dependency. */
export type AnyDependency = Dependency<any>;

/** Dependencies by the names under which listeners find their values on ctx. */
export type AnyDependencies = Record<string, AnyDependency>;

/** The values of dependencies, by their names. */
export type Values<D extends AnyDependencies> = {
  [K in keyof D]: D[K] extends Dependency<infer V> ? V : never;
};
