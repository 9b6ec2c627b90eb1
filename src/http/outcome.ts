import type { Outcome } from '../core/types/observer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Answer, isAnswered } from './answer.ts';

export const SUCCESS: Outcome = { ok: true };

/** Judges a call that returned. Returns `undefined` while its Node response may still get another status. */
export function outcomeOfReturn(
  returned: unknown,
  args: readonly unknown[],
  answer: Answer | undefined,
): Outcome | undefined {
  if (isWebResponse(returned)) return outcomeOfStatus(returned.status);
  if (answer !== undefined) {
    return isAnswered(answer) || sendsReturned(answer, returned) ? outcomeOfAnswer(answer) : undefined;
  }
  const written = honoResponse(args);
  return written === undefined ? SUCCESS : outcomeOfStatus(written.status);
}

export function outcomeOfAnswer({ response }: Answer): Outcome {
  return outcomeOfStatus(response.statusCode);
}

/** Returns true for a `Response` of any realm. A `status` proves nothing: an action's own object may have one. */
export function isWebResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}

/** Returns true if fastify is about to send what its handler returned. */
function sendsReturned({ reply }: Answer, returned: unknown): boolean {
  return reply !== undefined && returned !== undefined && reply.sent !== true;
}

/** Returns the response in Hono's context, the first argument, because Hono's middleware doesn't return its response. */
function honoResponse([context]: readonly unknown[]): Response | undefined {
  if (!isObject(context) || context['finalized'] !== true) return undefined;
  return isWebResponse(context['res']) ? context['res'] : undefined;
}

/** Judges a status. The status 0 of `Response.error()` is a failure. */
function outcomeOfStatus(status: number): Outcome {
  if (status > 0 && status < 400) return SUCCESS;
  return { ok: false, error: new Error(`The response has status ${status}.`) };
}
