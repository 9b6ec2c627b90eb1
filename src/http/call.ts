import type { ExternalScope } from '../core/types/external-call.ts';
import type { Outcome } from '../core/types/observer.ts';
import { isThenable } from '../core/words/guards.ts';
import { type Answer, whenAnswered } from './answer.ts';
import { outcomeOfAnswer, outcomeOfReturn, SUCCESS } from './outcome.ts';

/** The rules of a framework about how a call ended. */
export interface Judge {
  /** Judges a value that a function returned; `undefined` if the framework has nothing to say. */
  ofReturn(returned: unknown, args: readonly unknown[]): Outcome | undefined;
  ofThrow(thrown: unknown): Outcome;
}

/** A call of a wrapped function, whose scope is open. */
export interface Call {
  readonly scope: ExternalScope;
  readonly args: readonly unknown[];
  /** Known for the handlers of Node servers. */
  readonly answer: Answer | undefined;
  readonly judge: Judge;
  /** The number of calls that began before. */
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

/** Settles a scope now, or when its Node response is answered. Returns a promise if the caller must wait. */
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

/** Judges a result that the application made. Reading it may throw: then a return is a success, and a throw a failure. */
function judged<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
