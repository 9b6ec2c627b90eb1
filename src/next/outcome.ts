import type { Outcome } from '../core/types/observer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, responseIn } from '../defer/close.ts';
import { isRedirect } from '../defer/framework.ts';

const SUCCESS: Outcome = { ok: true };

/**
 * Judges a call that returned. A status of 400 or above is a failure, in a `Response` or in what pages/api has written.
 * So is a route handler that returns no `Response`, to which Next answers with 500.
 */
export function outcomeOfReturn(returned: unknown, args: readonly unknown[]): Outcome {
  if (isWebResponse(returned)) return outcomeOfStatus(returned.status);
  if (isRouteHandler(args)) return { ok: false, error: new Error('The route handler returned no Response.') };
  const written = pagesResponse(args);
  return written === undefined ? SUCCESS : outcomeOfStatus(written.statusCode);
}

/** Judges a call that threw. `redirect()` is a success; `notFound()`, `forbidden()` and `unauthorized()` are not. */
export function outcomeOfThrow(thrown: unknown): Outcome {
  return isRedirect(thrown) ? SUCCESS : { ok: false, error: thrown };
}

type PagesResponse = Closable & { readonly statusCode: number };

/** Returns the response of pages/api, its second argument. In other functions, that argument may throw when read. */
export function pagesResponse(args: readonly unknown[]): PagesResponse | undefined {
  try {
    const response = responseIn(args[1]);
    return response !== undefined && 'statusCode' in response ? (response as PagesResponse) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns true for a route handler's arguments: a request, and an object with `params`, even if the path has none. */
function isRouteHandler([request, context]: readonly unknown[]): boolean {
  return (
    Object.prototype.toString.call(request) === '[object Request]' && isObject(context) && 'params' in context
  );
}

/** Returns true for a `Response` of any realm. A `status` proves nothing: an action's own object may have one. */
function isWebResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}

/** A status of 0, as `Response.error()` has it, is a failure. */
function outcomeOfStatus(status: number): Outcome {
  if (status > 0 && status < 400) return SUCCESS;
  return { ok: false, error: new Error(`The response has status ${status}.`) };
}
