import type { BusState } from '../bus/bus-state.ts';
import { dispatcher } from '../scope/dispatch.ts';
import type { PolicedAttempt } from '../delivery/policed-attempt.ts';
import type { Flush } from './flush.ts';
import type { Job } from './invoke.ts';
import { NO_CTX, Scope, type Entry } from '../scope/scope.ts';
import type { AnyEvent } from '../types/event.ts';

/** One run of one listener: the scope of what it dispatches. */
export class Attempt extends Scope {
  /** What caused whatever it dispatches; `undefined` in a call of `handleMany`, which has no one cause. */
  readonly event: AnyEvent | undefined;
  /** Of its event; of the deepest, in a call of `handleMany`. */
  readonly depth: number;
  readonly listener: string;
  /** The attempt that dispatched its event. */
  readonly cause: Attempt | undefined;
  /** It goes back to a delivery: the ids of what it dispatches are derived, so that a redelivery makes the same. */
  readonly derives: boolean;
  /** How many events it has dispatched. */
  dispatched = 0;
  #signal: AbortSignal | undefined;

  constructor(flush: Flush, job: Job, listener: string) {
    const entry = 'event' in job ? job : undefined;
    super(flush.bus, undefined, entry === undefined ? NO_CTX : entry.ctx, flush.rest, undefined, flush.chain);
    this.attempt = this;
    this.event = entry?.event;
    this.depth =
      'event' in job ? job.event.depth : job.reduce((most, { event }) => Math.max(most, event.depth), 0);
    this.listener = listener;
    this.cause = entry?.cause;
    this.derives = flush.options.fromQueue === true || entry?.cause?.derives === true;
    this.#signal = flush.options.signal;
  }

  /** Made when it is first read: most listeners never look at it. */
  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  get number(): number {
    return 1;
  }

  /** Itself, where its listener has a policy. */
  get policed(): PolicedAttempt | undefined {
    return undefined;
  }
}

/** Where a router finds the bus that runs it, which may be one of another copy of this package. */
const BUS = Symbol.for('trpc-events.bus');
/** Where it finds `timedOut` of the attempt. */
const TIMED_OUT = Symbol.for('trpc-events.timed-out');

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

  constructor(scope: Attempt, { event, ctx }: Entry) {
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
    return this.#scope.policed?.timedOut;
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
export class ManyArgument {
  readonly events: readonly AnyEvent[];
  readonly #scope: Attempt;

  constructor(scope: Attempt, events: readonly AnyEvent[]) {
    this.events = events;
    this.#scope = scope;
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }
}
