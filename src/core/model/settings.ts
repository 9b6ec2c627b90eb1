import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Lookup, Target } from './target.ts';
import type { AnyApp } from '../types/app.ts';
import type { BusBaseOptions, MetaOf } from '../types/bus-options.ts';
import type { EventShape } from '../types/catalog.ts';
import type { DeferCall, DeferStrategy } from '../types/defer.ts';
import type { When } from '../types/dispatch.ts';

/** The run-time side of one `initEvents…create()`. */
export interface App {
  readonly shape: EventShape;
  readonly metaSchema: StandardSchemaV1 | undefined;
  /** True if `.context<C>()` named what listeners need. */
  readonly namesContext: boolean;
}

/** The part of the registry that flushes, `bus.deliver` and `bus.describe` use. */
export interface TargetLookup {
  /** Finds the targets of an event that was dispatched here, or that came from a queue. */
  lookUp(name: string, fromQueue: boolean): Lookup;
  /** Returns all targets under their final names, in the order of handlers and registrations. */
  targets(): readonly Target[];
  /** Ends the registry: routers no longer tell it of their listeners. */
  leaveRouters(): void;
}

/** The options of `e.bus`, checked, with their defaults. */
export interface Settings extends Pick<
  BusBaseOptions<AnyApp>,
  'createContext' | 'onError' | 'onDiscard' | 'deadLetter'
> {
  readonly app: App;
  readonly registry: TargetLookup;
  readonly meta: MetaOf<AnyApp> | undefined;
  readonly when: When;
  readonly defer: DeferStrategy;
  /** Tells a call when its response was sent. If that can't be known, returns whether the caller is a direct one. */
  readonly watchResponse: ((call: DeferCall) => boolean | undefined) | undefined;
  readonly unhandled: 'warn' | 'ignore' | 'error';
  readonly limits: { readonly perScope: number; readonly pending: number; readonly depth: number };
}
