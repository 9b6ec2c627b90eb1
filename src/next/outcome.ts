import type { Outcome } from '../core/types/observer.ts';
import { isObject } from '../core/words/guards.ts';
import { isRedirect } from '../defer/framework.ts';
import type { Judge } from '../http/call.ts';
import { isWebResponse, SUCCESS } from '../http/outcome.ts';

/** The error message for a route handler that returns no `Response`. Next.js answers with 500 then. */
const NO_RESPONSE = 'The route handler returned no Response.';

/** Judges calls as Next.js does. `redirect()` is a success; `notFound()`, `forbidden()` and `unauthorized()` are not. */
export const NEXT: Judge = {
  ofReturn: (returned, args): Outcome | undefined =>
    isWebResponse(returned) || !isRouteHandler(args)
      ? undefined
      : { ok: false, error: new Error(NO_RESPONSE) },
  ofThrow: (thrown): Outcome => (isRedirect(thrown) ? SUCCESS : { ok: false, error: thrown }),
};

/** Returns true for a route handler's arguments: a request, and an object with `params`, even if the path has none. */
function isRouteHandler([request, context]: readonly unknown[]): boolean {
  return (
    Object.prototype.toString.call(request) === '[object Request]' && isObject(context) && 'params' in context
  );
}
