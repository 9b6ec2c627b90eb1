import { EventsError } from '../words/errors.ts';
import { causeOf } from '../words/quote.ts';

/**
 * Makes an error that a listener throws if another attempt would fail too. Its middlewares, its dependencies and
 * `createContext` may also throw it. The listener is not tried again, and reports and dead letters show `cause`.
 *
 * @example
 * ```ts
 * import { noRetry } from 'trpc-events';
 *
 * eventRouter.on(
 *   'user.created',
 *   async ({ event, signal }) => {
 *     const response = await fetch('https://mail.example', { method: 'POST', body: event.payload.email, signal });
 *     if (response.status === 400) throw noRetry(new Error('The address is refused'));
 *     if (!response.ok) throw new Error(`The mail service answered ${response.status}`);
 *   },
 *   { name: 'welcome-mail', retry: { attempts: 5 }, timeout: 10_000 },
 * );
 * ```
 */
export function noRetry(cause: unknown): EventsError {
  return new EventsError('NOT_RETRIABLE', `It is not worth a retry: ${causeOf(cause)}`, {
    cause: typeof cause === 'string' ? new Error(cause) : cause,
  });
}

export function isNoRetry(error: unknown): error is EventsError {
  return error instanceof EventsError && error.code === 'NOT_RETRIABLE';
}
