import type { BusState } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import { dispatcher } from '../scope/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import type { Attempt } from './attempt.ts';
import { extendCtx } from './extend-ctx.ts';

/** The key under which a router reads the bus that runs it. The router may come from another copy of this package. */
const BUS = Symbol.for('trpc-events.bus.1');
/** The key under which a router reads the attempt's `timedOut`. */
const TIMED_OUT = Symbol.for('trpc-events.timed-out.1');

/**
 * The argument of a listener. `ctx` and `signal` are created when they are read: most listeners read one or none of
 * them, and they are a large part of the cost of an attempt.
 */
export class ListenerArgument {
  readonly event: AnyEvent;
  readonly attempt: number;
  readonly #scope: Attempt;
  readonly #base: unknown;
  #ctx: object | undefined = undefined;

  constructor(scope: Attempt, { event, ctx }: Item) {
    this.event = event;
    this.attempt = scope.number;
    this.#scope = scope;
    this.#base = ctx;
  }

  /** The bus that runs the listener. The symbol hides it from users, because only routers need it. */
  get [BUS](): BusState {
    return this.#scope.bus;
  }

  get [TIMED_OUT](): Promise<never> | undefined {
    return this.#scope.timedOut;
  }

  get ctx(): object {
    return (this.#ctx ??= extendCtx(this.#base, { dispatch: dispatcher(this.#scope, this.#base) }));
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  get listener(): string {
    return this.#scope.listener;
  }
}

export function busOf(argument: ListenerArgument): BusState {
  return argument[BUS];
}

export function timedOutOf(argument: ListenerArgument): Promise<never> | undefined {
  return argument[TIMED_OUT];
}
