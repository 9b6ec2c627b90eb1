import type { Outcome } from '../core/types/observer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, responseIn } from '../defer/close.ts';
import { isRedirect } from '../defer/framework.ts';

const SUCCESS: Outcome = { ok: true };

/**
 * A `Response`, or what pages/api has written, of status 400 and over is a failure; so is a route handler that returns
 * none, to which Next answers with 500.
 */
export function outcomeOfReturn(returned: unknown, args: readonly unknown[]): Outcome {
  if (isWebResponse(returned)) return outcomeOfStatus(returned.status);
  if (isRouteHandler(args)) return { ok: false, error: new Error('The route handler returned no Response.') };
  const written = pagesResponse(args);
  return written === undefined ? SUCCESS : outcomeOfStatus(written.statusCode);
}

/** `redirect()` is no failure; `notFound()`, `forbidden()` and `unauthorized()` are. */
export function outcomeOfThrow(thrown: unknown): Outcome {
  return isRedirect(thrown) ? SUCCESS : { ok: false, error: thrown };
}

type PagesResponse = Closable & { readonly statusCode: number };

/** The response of pages/api, the second argument of its functions. That of another function may throw when it is read. */
export function pagesResponse(args: readonly unknown[]): PagesResponse | undefined {
  try {
    const response = responseIn(args[1]);
    return response !== undefined && 'statusCode' in response ? (response as PagesResponse) : undefined;
  } catch {
    return undefined;
  }
}

/** Next gives it a request, and an object with the parameters of the path, whether there are any or not. */
function isRouteHandler([request, context]: readonly unknown[]): boolean {
  return (
    Object.prototype.toString.call(request) === '[object Request]' && isObject(context) && 'params' in context
  );
}

/** Of whichever realm; an action may return an object of its own with a `status`. */
function isWebResponse(value: unknown): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]';
}

/** That of `Response.error()` is 0. */
function outcomeOfStatus(status: number): Outcome {
  if (status > 0 && status < 400) return SUCCESS;
  return { ok: false, error: new Error(`The response has status ${status}.`) };
}
