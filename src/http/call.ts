import type { ExternalScope } from '../core/types/external-call.ts';
import type { Outcome } from '../core/types/observer.ts';
import { isThenable } from '../core/words/guards.ts';
import { type Answer, whenAnswered } from './answer.ts';
import { outcomeOfAnswer, outcomeOfReturn, SUCCESS } from './outcome.ts';

/** A framework's rules that tell whether a call has succeeded. */
export interface Judge {
  /** Judges a returned value. Returns `undefined` if the framework has no rule for it. */
  ofReturn(returned: unknown, args: readonly unknown[]): Outcome | undefined;
  ofThrow(thrown: unknown): Outcome;
}

/** A call of a wrapped function, whose scope is open. */
export interface Call {
  readonly scope: ExternalScope;
  readonly args: readonly unknown[];
  /** The Node response of the call. Only the handlers of Node servers have one. */
  readonly answer: Answer | undefined;
  readonly judge: Judge;
  /** The number of calls that began before this one. */
  readonly order: number;
  run(): unknown;
}

/** Runs a call. Returns or throws at once if its function does, unless the caller must wait for the flush. */
export function runNow(call: Call): unknown {
  let returned: unknown;
  try {
    returned = call.scope.run(call.run);
  } catch (thrown) {
    void settleThrown(call, thrown);
    throw thrown;
  }
  if (isThenable(returned)) return finish(call, returned);
  const waits = settleReturned(call, returned);
  return waits === undefined ? returned : waits.then(() => returned);
}

/** Runs a call whose caller takes a promise. */
export function runLater(call: Call): Promise<unknown> {
  return finish(call, new Promise((resolve) => resolve(call.scope.run(call.run))));
}

async function finish(call: Call, promise: PromiseLike<unknown>): Promise<unknown> {
  let returned: unknown;
  try {
    returned = await promise;
  } catch (thrown) {
    await settleThrown(call, thrown);
    throw thrown;
  }
  await settleReturned(call, returned);
  return returned;
}

function settleThrown({ scope, judge }: Call, thrown: unknown): Promise<void> | undefined {
  return scope.settle(judged(() => judge.ofThrow(thrown), { ok: false, error: thrown }));
}

/** Settles a scope now, or when its Node response has ended. Returns a promise if the caller must wait. */
function settleReturned(
  { scope, args, answer, judge, order }: Call,
  returned: unknown,
): Promise<void> | undefined {
  const outcome = judged(
    () => judge.ofReturn(returned, args) ?? outcomeOfReturn(returned, args, answer),
    SUCCESS,
  );
  if (outcome !== undefined || answer === undefined) return scope.settle(outcome ?? SUCCESS);
  whenAnswered(answer, order, () => void scope.settle(outcomeOfAnswer(answer)));
  return undefined;
}

/** Judges a result of the application. If reading it throws, a return counts as a success, and a throw as a failure. */
function judged<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
