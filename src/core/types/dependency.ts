/** What a dependency gives to listeners: `T`, `Promise<T>`, or a generator that yields `T`, then cleans up. */
export type Provided<R> = R extends
  | AsyncGenerator<infer T, unknown, unknown>
  | Generator<infer T, unknown, unknown>
  ? T
  : Awaited<R>;

/** What `e.depends` gives: something that listeners need, and how to make it. Compared by identity. */
export interface Dependency<TValue, TContext = any> {
  readonly '~needs': AnyDependencies;
  readonly '~create': (options: any) => unknown;
  /** Types only. */
  readonly '~types'?: { value: TValue; context: (context: TContext) => void };
}

/** Whatever dependency. */
export type AnyDependency = Dependency<any>;

/** Dependencies under the names by which a listener finds them. */
export type AnyDependencies = Record<string, AnyDependency>;

/** What the dependencies give, under their names. */
export type Values<D extends AnyDependencies> = {
  [K in keyof D]: D[K] extends Dependency<infer V> ? V : never;
};
