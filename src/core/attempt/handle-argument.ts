import { NO_CTX, type Item } from '../model/item.ts';
import { dispatcher } from '../scope/dispatch.ts';
import type { AnyEvent } from '../types/event.ts';
import type { HandleManyOptions, HandleOptions } from '../types/handler.ts';
import type { Attempt } from './attempt.ts';
import { extendCtx } from './extend-ctx.ts';
import { senderOf } from './send.ts';

/** The argument of a handler's target. */
export interface HandleArgument {
  /** The event; undefined in a call of `handleMany`. */
  readonly event: AnyEvent | undefined;
  /** All events of a call of `handleMany`. */
  readonly events: readonly AnyEvent[] | undefined;
  readonly attempt: number;
  readonly options: HandleManyOptions;
}

export function handleArgument(scope: Attempt, item: Item | undefined): HandleArgument {
  const options = optionsOf(scope);
  if (item !== undefined) addCtx(options, scope, item);
  return { event: scope.event, events: scope.batch, attempt: scope.number, options };
}

/**
 * Makes the options of a handler. All but `attempt` are getters, because most handlers read few of them. All are own
 * members of the object, so that code that wraps a handler can spread them.
 */
function optionsOf(scope: Attempt): HandleManyOptions {
  let deadline: number | undefined;
  return {
    attempt: scope.number,
    get signal() {
      return scope.signal;
    },
    get deadline() {
      return (deadline ??= Date.now() + Math.floor(scope.group.deadline - performance.now()));
    },
    get send() {
      return senderOf(scope.bus, scope.listener);
    },
  };
}

function addCtx(options: HandleManyOptions, scope: Attempt, { ctx }: Item): asserts options is HandleOptions {
  // No ctx is made for a forwarder. One that reads `ctx` still finds `dispatch`, whose events get their own ctx.
  const base = ctx === NO_CTX ? {} : ctx;
  let made: object | undefined;
  const get = () => (made ??= extendCtx(base, { dispatch: dispatcher(scope, ctx) }));
  Object.defineProperty(options, 'ctx', { get, enumerable: true, configurable: true });
}
