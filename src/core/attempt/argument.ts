import type { BusState } from '../model/bus-state.ts';
import type { Item } from '../model/item.ts';
import { dispatcher } from '../scope/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import type { Attempt } from './attempt.ts';

/** Where a router finds the bus that runs it, which may be one of another copy of this package. */
const BUS = Symbol.for('trpc-events.bus.1');
/** Where it finds `timedOut` of the attempt. */
const TIMED_OUT = Symbol.for('trpc-events.timed-out.1');

/**
 * What a listener gets. `ctx` and `signal` are made when they are read: most listeners read one or none, and what they
 * cost is a large part of an attempt.
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

  /** For this package: users see no bus here. */
  get [BUS](): BusState {
    return this.#scope.bus;
  }

  get [TIMED_OUT](): Promise<never> | undefined {
    return this.#scope.timedOut;
  }

  get ctx(): object {
    return (this.#ctx ??= { ...(this.#base as object), dispatch: dispatcher(this.#scope, this.#base) });
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }
}

export function busOf(argument: ListenerArgument): BusState {
  return argument[BUS];
}

export function timedOutOf(argument: ListenerArgument): Promise<never> | undefined {
  return argument[TIMED_OUT];
}

/** What `handleMany` gets. */
export class BatchArgument {
  readonly events: readonly AnyEvent[];
  readonly #scope: Attempt;

  constructor(scope: Attempt) {
    this.events = scope.batch!;
    this.#scope = scope;
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }
}
