import type { AnyCatalog, AnyCatalogTypes } from './catalog.ts';
import type { WithDispatch } from './dispatch.ts';
import type { TypedEvent } from './event.ts';

/** `A` with the members of `B` in place of its own. */
export type Overwrite<A, B> = B extends unknown ? Omit<A, keyof B> & B : never;
/** The same type, written out in hovers. */
export type Simplify<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;
/** What `{ ...a, ...b }` has. */
export type Merge<A, B> = Simplify<Overwrite<A, B>>;

/** All that the types of one builder depend on. An interface for the same reason as `CatalogTypes`. */
export interface EventApp<TCatalog extends AnyCatalog, TContext, TMeta, TMetaInput = TMeta> {
  name: TCatalog['~types']['name'];
  input: TCatalog['~types']['input'];
  output: TCatalog['~types']['output'];
  oneWay: TCatalog['~types']['oneWay'];
  suggestion: TCatalog['~types']['suggestion'];
  event: { [K in TCatalog['~types']['name']]: TypedEvent<K, TCatalog['~types']['output'][K], TMeta> };
  /** What events carry: the output of the meta schema. */
  meta: TMeta;
  /** What is given for it: the input of the meta schema. */
  metaInput: TMetaInput;
  /** What the surroundings must give: what `initEvents.context` names. */
  context: TContext;
  /** What listeners get. */
  listenerContext: Merge<TContext, WithDispatch<TCatalog, TMetaInput>>;
  /** `dispatch` depends on neither context, so that builders of one catalog and meta share it. */
  withDispatch: WithDispatch<TCatalog, TMetaInput>;
}

/** Whatever builder's types. */
export interface AnyApp extends AnyCatalogTypes {
  meta: any;
  metaInput: any;
  context: any;
  listenerContext: any;
  /** Of whatever copy of this package: a value that `dispatch` takes is branded by its copy. */
  withDispatch: { dispatch: any };
}
