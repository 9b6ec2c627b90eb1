import type { OpensExternalScopes } from '../core/types/external-call.ts';
import type { AnyFunction, OptionArgs } from '../http/options.ts';
import { wrap } from '../http/wrap.ts';
import { NEXT } from './outcome.ts';

/** The type of a function that `withEvents` returns: the same parameters, and a promise of the result. */
export type WithEvents<F extends AnyFunction> = [ReturnType<F>] extends [never]
  ? Promising<F>
  : [ReturnType<F>] extends [Promise<unknown>]
    ? F
    : Promising<F>;
type Promising<F extends AnyFunction> = (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

/**
 * Gives each call of a route handler, a server action or a pages/api function a scope, as the middleware does for a
 * procedure. Its events (`e.dispatch`) are flushed after the response, and dropped if the call failed. A call fails if
 * it throws, answers with a status of 400 or above, or is a route handler that returns no `Response`. Next's
 * `redirect()` is a success.
 *
 * A streamed response has succeeded when the function returns it: events that its stream dispatches later are flushed
 * at once. The reader of a stream calls its `pull` and `cancel` outside the scope, so dispatch in code that `start`
 * runs, or bind them with `AsyncResource.bind`.
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
 * // pages/api, whose listeners get the same ctx as those of procedures
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
  bus: OpensExternalScopes<TContext, TMeta>,
  fn: F,
  ...[options]: OptionArgs<NoInfer<TContext>, NoInfer<TMeta>, F>
): WithEvents<F> {
  const wrapped = wrap(bus, fn, options, NEXT);
  return async function withEvents(this: unknown, ...args: unknown[]): Promise<unknown> {
    return Reflect.apply(wrapped, this, args);
  } as unknown as WithEvents<F>;
}
