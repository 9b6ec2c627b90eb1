import { busOf, type ListenerArgument, timedOutOf } from '../attempt/argument.ts';
import { extendCtx } from '../attempt/extend-ctx.ts';
import { neverRan } from '../attempt/never-ran.ts';
import type { AnyDependencies } from '../types/dependency.ts';
import { isObject } from '../words/guards.ts';
import { Resolver } from './depends.ts';

/** A middleware of `.use`, or the dependencies of `.provide`. */
export type Step = { readonly use: (opts: object) => unknown } | Provide;
interface Provide {
  readonly provide: AnyDependencies;
}
const isProvide = (step: Step): step is Provide => Object.hasOwn(step, 'provide');

/** The result of `next()`. A middleware that returns anything else has forgotten to return it. */
const RESULT = Object.freeze({ ok: true });

/** Wraps a listener in its steps. */
export function withSteps(steps: readonly Step[], listener: (opts: never) => unknown) {
  return async function attempt(argument: ListenerArgument): Promise<void> {
    const resolver = new Resolver(busOf(argument));
    const timedOut = timedOutOf(argument);
    let failure: { readonly error: unknown } | undefined;
    try {
      const done = run(0, argument.ctx);
      // When the time is over, dependencies are cleaned up, whatever the listener still does.
      await (timedOut === undefined ? done : Promise.race([done, timedOut]));
    } catch (error) {
      failure = { error };
    }
    failure = await resolver.finish(failure);
    if (failure !== undefined) throw failure.error;

    async function run(at: number, ctx: object): Promise<typeof RESULT> {
      resolver.assertOpen();
      const step = steps[at];
      if (step === undefined) {
        const error = neverRan(await listener(withCtx(argument, ctx) as never));
        if (error !== undefined) throw error;
        return RESULT;
      }
      if (isProvide(step))
        return run(at + 1, extendCtx(ctx, await resolver.values(step.provide, argument, ctx)));
      let failed: { readonly error: unknown } | undefined;
      const next = (opts?: { ctx: object }) => {
        const rest = run(at + 1, opts === undefined ? ctx : extendCtx(ctx, opts.ctx));
        // A middleware may forget this promise: its rejection must not be unhandled.
        rest.catch((error: unknown) => (failed = { error }));
        return rest;
      };
      const result = await step.use(Object.assign(withCtx(argument, ctx), { next }));
      if (isObject(result) && result === RESULT) return RESULT;
      // An error that the middleware swallowed is still the reason why the attempt failed.
      if (failed !== undefined) throw failed.error;
      throw new Error(
        'a middleware of this listener did not return what next() gave: did you forget to `return next()`?',
      );
    }
  };
}

/** Returns the argument of a listener with another ctx. */
function withCtx(argument: ListenerArgument, ctx: object): object {
  return {
    event: argument.event,
    attempt: argument.attempt,
    listener: argument.listener,
    ctx,
    get signal() {
      return argument.signal;
    },
  };
}
