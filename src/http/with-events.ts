import type { OpensExternalScopes } from '../core/types/external-call.ts';
import type { Judge } from './call.ts';
import type { AnyFunction, NeedsNoMeta, OptionArgs, PlainOptions } from './options.ts';
import { wrap } from './wrap.ts';

/**
 * The type of a function that `withEvents` returns: the same type, except that a returned value that isn't a promise
 * becomes a promise of it.
 */
export type WithEvents<F extends AnyFunction> = [ReturnType<F>] extends [
  void | { then(...args: never[]): unknown },
]
  ? F
  : (...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

const JUDGE: Judge = {
  ofReturn: () => undefined,
  ofThrow: (error) => ({ ok: false, error }),
};

/**
 * Gives each call of a handler a scope, as the middleware does for a procedure. Its events (`e.dispatch`) are flushed
 * after the response, and dropped if the call failed. Wraps handlers of Node servers (`http`, express, fastify) and of
 * Hono, and functions from `Request` to `Response`. In Next.js, use that of `trpc-events/next`.
 *
 * A call fails if it throws, or if its response has a status of 400 or above. If a Node handler returns before it
 * answers, as middleware that calls `next()` does, the scope stays open until the response has ended, and its status
 * decides. A client that disconnects is no failure: the status that was set by then decides. Events that a handler
 * dispatches after its response has begun are flushed at once. So are events that the body of a `Response` dispatches.
 *
 * The result has the name, the length and the type of the function. It is called with the same `this` and arguments.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import express from 'express';
 * import { withEvents } from 'trpc-events';
 *
 * express().post(
 *   '/users',
 *   withEvents(bus, async (req, res) => {
 *     const { id } = await db.users.insert(req.body);
 *     e.dispatch('user.created', { id, email: req.body.email });
 *     res.status(201).json({ id });
 *   }),
 * );
 *
 * // Bun, Deno, Cloudflare Workers, with the same ctx for listeners as that of procedures
 * export default {
 *   fetch: withEvents(
 *     bus,
 *     async (request: Request) => {
 *       e.dispatch('user.deleted', await request.json());
 *       return new Response(null, { status: 204 });
 *     },
 *     { path: 'DELETE /users', context: (request) => createContext({ req: request }) },
 *   ),
 * };
 * ```
 */
// The first overload infers nothing from the bus. Only then does the compiler give `fn` the types of the route.
export function withEvents<F extends AnyFunction>(
  bus: NeedsNoMeta,
  fn: F,
  options?: PlainOptions,
): WithEvents<F>;
export function withEvents<TContext, TMeta, F extends AnyFunction>(
  bus: OpensExternalScopes<TContext, TMeta>,
  fn: F,
  ...options: OptionArgs<NoInfer<TContext>, NoInfer<TMeta>, F>
): WithEvents<F>;
export function withEvents(
  bus: OpensExternalScopes<unknown, unknown>,
  fn: AnyFunction,
  options?: object,
): AnyFunction {
  const wrapped = wrap(bus, fn, options, JUDGE);
  // Express recognizes error middleware by its length, and shows handlers by their names.
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapped, key, { value: fn[key], configurable: true });
  }
  return wrapped;
}
