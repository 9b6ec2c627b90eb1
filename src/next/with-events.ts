import type { DeferStrategy } from '../core/types/defer.ts';
import type { MetaOption } from '../core/types/dispatch.ts';
import type { RunsExternalCalls } from '../core/types/external-call.ts';
import { isObject } from '../core/words/guards.ts';
import {
  aFunction,
  anything,
  aSignal,
  aStrategy,
  aString,
  badArgument,
  checkOptions,
  type Rules,
} from '../core/words/options.ts';
import { outcomeOfReturn, outcomeOfThrow, pagesResponse } from './outcome.ts';

type AnyFunction = (...args: never[]) => unknown;
/** A function as `withEvents` gives it back: with its own signature, and a promise of its result. */
export type WithEvents<F extends AnyFunction> = [ReturnType<F>] extends [never]
  ? Promising<F>
  : [ReturnType<F>] extends [Promise<unknown>]
    ? F
    : Promising<F>;
type Promising<F extends AnyFunction> = (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

interface CallOptions<TContext> {
  /** What observers and events show as the path of a call, as `POST /api/orders`. Default: none. */
  name?: string | undefined;
  /** When its events are flushed. Default: as the bus says. */
  defer?: DeferStrategy<TContext> | undefined;
}
interface Context<TContext, TMeta, F extends AnyFunction> {
  /**
   * Makes the ctx of the listeners from the arguments of the call, before the function runs; what it throws, the call
   * throws. Left out: the bus's `createContext` makes one for each event.
   */
  context: (...args: Parameters<F>) => TContext | Promise<TContext>;
  /** The meta of its events. Default: what the bus's `meta` makes of the context. */
  meta?: TMeta | undefined;
}
type NoContext<TMeta> = { context?: undefined } & MetaOption<TMeta>;
/** The options of `withEvents`. Without a context there is nothing to make meta from: it is asked for where the schema asks for it. */
export type WithEventsOptions<TContext, TMeta, F extends AnyFunction> = CallOptions<TContext> &
  (Context<TContext, TMeta, F> | NoContext<TMeta>);
type OptionArgs<TContext, TMeta, F extends AnyFunction> = {} extends TMeta
  ? [options?: WithEventsOptions<TContext, TMeta, F>]
  : [options: WithEventsOptions<TContext, TMeta, F>];

const OPTIONS: Rules = { name: aString, defer: aStrategy, context: aFunction, meta: anything };
/** The same, loosely typed: it may be of a function of any kind. */
interface Options<TContext, TMeta> extends CallOptions<TContext> {
  context?: ((...args: readonly unknown[]) => TContext | Promise<TContext>) | undefined;
  meta?: TMeta | undefined;
}

/**
 * Gives a route handler, a server action or a function of pages/api a scope, as the middleware gives one to a procedure:
 * what it dispatches by `e.dispatch` is flushed after the response, and dropped if it failed. It fails if it throws,
 * answers with a status of 400 and over, or is a route handler that returns no `Response`; Next's `redirect()` is a
 * success.
 *
 * A response that is streamed has succeeded when the function returns it: what its stream dispatches later is flushed at
 * once. Whoever reads a stream calls its `pull` and `cancel`, outside of the scope: dispatch in what `start` runs, or bind
 * them by `AsyncResource.bind`.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import type { NextApiRequest, NextApiResponse } from 'next';
 * import { withEvents } from 'trpc-events/next';
 *
 * export const POST = withEvents(bus, async (request: Request) => {
 *   e.dispatch('user.created', await request.json());
 *   return new Response(null, { status: 204 });
 * });
 *
 * // pages/api, whose listeners get what procedures give them
 * export default withEvents(
 *   bus,
 *   async (req: NextApiRequest, res: NextApiResponse) => {
 *     e.dispatch('user.deleted', { id: String(req.query.id) });
 *     res.status(204).end();
 *   },
 *   { context: (req) => createContext({ req }) },
 * );
 * ```
 */
export function withEvents<TContext, TMeta, F extends AnyFunction>(
  bus: RunsExternalCalls<TContext, TMeta>,
  fn: F,
  ...[given]: OptionArgs<NoInfer<TContext>, NoInfer<TMeta>, F>
): WithEvents<F> {
  const run = isObject(bus) ? bus['~run'] : undefined;
  if (typeof run !== 'function') throw badArgument('withEvents', 'a bus first, as e.bus makes it', bus);
  if (typeof fn !== 'function') throw badArgument('withEvents', 'a function after the bus', fn);
  checkOptions('withEvents', given, OPTIONS);
  const options = (given ?? {}) as Options<TContext, TMeta>;

  const wrapped = async function withEvents(this: unknown, ...args: unknown[]): Promise<unknown> {
    const ctx = options.context && { value: await options.context(...args) };
    return run({
      path: options.name,
      ctx,
      meta: options.meta,
      defer: options.defer,
      get signal() {
        return signalOf(args[0]);
      },
      response: pagesResponse(args),
      run: () => Reflect.apply(fn, this, args),
      outcomeOfReturn: (returned) => outcomeOfReturn(returned, args),
      outcomeOfThrow,
    });
  };
  return wrapped as unknown as WithEvents<F>;
}

/** That of a request. In a route that is prerendered, reading it throws. */
function signalOf(request: unknown): AbortSignal | undefined {
  try {
    const signal = isObject(request) ? request['signal'] : undefined;
    return aSignal.ok(signal) ? (signal as AbortSignal) : undefined;
  } catch {
    return undefined;
  }
}
