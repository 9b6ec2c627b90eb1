import { NO_CTX, type Item } from '../model/item.ts';
import { dispatcher } from '../scope/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import type { HandleManyOptions, HandleOptions } from '../types/handler.ts';
import type { Attempt } from './attempt.ts';
import { extendCtx } from './extend-ctx.ts';
import { sender } from './send.ts';

/** The options of a handler's `handleMany`, with its events. */
export class HandleManyArgument implements HandleManyOptions {
  /** All events of the call; undefined in a call of `handle`. */
  readonly events: readonly AnyEvent[] | undefined;
  protected readonly scope: Attempt;
  #send: HandleOptions['send'] | undefined = undefined;

  constructor(scope: Attempt) {
    this.events = scope.batch;
    this.scope = scope;
  }

  get signal(): AbortSignal {
    return this.scope.signal;
  }

  get attempt(): number {
    return this.scope.number;
  }

  get deadline(): number {
    return Date.now() + Math.floor(this.scope.group.deadline - performance.now());
  }

  /** A function of its own, which handlers may take out of their options and keep. */
  get send(): HandleOptions['send'] {
    return (this.#send ??= sender(this.scope.bus, this.scope.listener));
  }
}

/** The options of a handler's `handle`, with its event. */
export class HandleArgument extends HandleManyArgument implements HandleOptions {
  readonly event: AnyEvent;
  readonly #base: unknown;
  #ctx: object | undefined = undefined;

  constructor(scope: Attempt, { event, ctx }: Item) {
    super(scope);
    this.event = event;
    // No ctx is made for a forwarder. One that reads it still finds `dispatch`.
    this.#base = ctx === NO_CTX ? {} : ctx;
  }

  get ctx(): object {
    return (this.#ctx ??= extendCtx(this.#base, { dispatch: dispatcher(this.scope, this.#base) }));
  }
}
