import type { OpensExternalScopes } from '../core/types/external-call.ts';
import { isObject, isThenable } from '../core/words/guards.ts';
import { aSignal, badArgument, readOptions } from '../core/words/options.ts';
import { answerIn } from './answer.ts';
import { type Call, type Judge, runLater, runNow } from './call.ts';
import { type LooseOptions, OPTIONS } from './options.ts';

/** The number of calls that have begun. */
let calls = 0;

/**
 * Gives each call of a function a scope. A call with a Node response stays synchronous if the function is, because
 * express 4, fastify and `node:http` treat a promise differently. All other calls return a promise.
 */
export function wrap<TContext, TMeta>(
  bus: OpensExternalScopes<TContext, TMeta>,
  fn: unknown,
  given: unknown,
  judge: Judge,
): (this: unknown, ...args: unknown[]) => unknown {
  const open = isObject(bus) ? bus['~open'] : undefined;
  if (typeof open !== 'function') throw badArgument('withEvents', 'a bus first, as e.bus makes it', bus);
  if (typeof fn !== 'function') throw badArgument('withEvents', 'a function after the bus', fn);
  const { path, context, meta, defer } = readOptions(
    'withEvents',
    given as LooseOptions<TContext, TMeta> | undefined,
    OPTIONS,
  );

  return function withEvents(...args) {
    const answer = answerIn(args);
    const begin = (ctx: TContext | undefined): Call => ({
      scope: open({
        path,
        ctx: context && { value: ctx as TContext },
        meta,
        defer,
        get signal() {
          return signalOf(args[0]);
        },
        response: answer?.response,
      }),
      args,
      answer,
      judge,
      order: calls++,
      run: () => Reflect.apply(fn, this, args) as unknown,
    });
    if (answer === undefined) return (async () => runLater(begin(context && (await context(...args)))))();
    const ctx = context?.(...args);
    if (!isThenable(ctx)) return runNow(begin(ctx));
    return (async () => {
      const returned = runNow(begin(await ctx));
      // Fastify sends what a promise resolves to, even `undefined`. If that is the reply, it waits.
      return returned === undefined ? answer.reply : returned;
    })();
  };
}

/** Returns the signal of a request, or of the one in Hono's context. In a route that is prerendered, reading it throws. */
function signalOf(first: unknown): AbortSignal | undefined {
  try {
    return signalIn(first) ?? signalIn(memberOf(memberOf(first, 'req'), 'raw'));
  } catch {
    return undefined;
  }
}

function signalIn(request: unknown): AbortSignal | undefined {
  const signal = memberOf(request, 'signal');
  return aSignal.ok(signal) ? (signal as AbortSignal) : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
