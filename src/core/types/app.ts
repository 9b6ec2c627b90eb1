import type { AnyCatalog, AnyCatalogTypes } from './catalog.ts';
import type { WithDispatch } from './dispatch.ts';
import type { TypedEvent } from './event.ts';

/**
 * `A`, with the members of `B` overriding its own. Each member of a union is overridden for itself, and the keys are
 * renamed rather than omitted, because `Omit` keeps only what the members of a union share, and no known key beside an
 * index signature.
 */
export type Overwrite<A, B> = A extends unknown
  ? B extends unknown
    ? { [K in keyof A as K extends keyof B ? never : K]: A[K] } & B
    : never
  : never;
/** `T` with its members written out, so that editors show them in hovers. */
export type Simplify<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;
/** The type of `{ ...a, ...b }`. */
export type Merge<A, B> = Simplify<Overwrite<A, B>>;

/** The types of one builder. Like `CatalogTypes`, this is an interface so that each member is computed once. */
export interface EventApp<TCatalog extends AnyCatalog, TContext, TMeta, TMetaInput = TMeta> {
  name: TCatalog['~types']['name'];
  input: TCatalog['~types']['input'];
  output: TCatalog['~types']['output'];
  oneWay: TCatalog['~types']['oneWay'];
  suggestion: TCatalog['~types']['suggestion'];
  event: { [K in TCatalog['~types']['name']]: TypedEvent<K, TCatalog['~types']['output'][K], TMeta> };
  /** The meta that events carry: the output type of the meta schema. */
  meta: TMeta;
  /** The meta that callers give: the input type of the meta schema. */
  metaInput: TMetaInput;
  /** The ctx that procedures and `createContext` must supply, as named by `initEvents.context`. */
  context: TContext;
  /** The ctx that listeners get. */
  listenerContext: Merge<TContext, WithDispatch<TCatalog, TMetaInput>>;
  /** `dispatch` depends on neither context, so that builders with the same catalog and meta share its type. */
  withDispatch: WithDispatch<TCatalog, TMetaInput>;
}

/** The types of any builder. */
export interface AnyApp extends AnyCatalogTypes {
  meta: any;
  metaInput: any;
  context: any;
  listenerContext: any;
  /** `any` admits other copies of this package: each copy brands the event values that its `dispatch` takes. */
  withDispatch: { dispatch: any };
}
