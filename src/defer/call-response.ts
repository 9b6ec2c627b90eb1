import type { DeferCall } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, responseIn } from './close.ts';
import { currentResponse, responseTo } from './responses.ts';

/**
 * Finds the response. A request on ctx comes first, if its start was seen: code that a pool calls back may run with the
 * storage of another request. For a request older than this module, the framework passes the response, or it is on ctx.
 */
export function responseOf({ response, ctx }: DeferCall): Closable | undefined {
  const { req, res } = read(ctx, 'req', 'res');
  const given = responseIn(res);
  return (
    responseToAny(req, read(req, 'raw').raw, given?.req) ?? currentResponse() ?? responseIn(response) ?? given
  );
}

/** Returns the response to the first of these requests whose response is known. Fastify's request has Node's as `raw`. */
function responseToAny(...requests: readonly unknown[]): Closable | undefined {
  for (const request of requests) {
    // The stream of an HTTP/2 request is that of its response, too.
    const response = responseTo(request) ?? responseIn(read(request, 'stream').stream);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** Reads some members of what may be anything. What throws when it is read has none. */
function read<K extends string>(value: unknown, ...keys: readonly K[]): Partial<Record<K, unknown>> {
  const found: Partial<Record<K, unknown>> = {};
  try {
    if (isObject(value)) for (const key of keys) found[key] = value[key];
  } catch {
    // A ctx may have getters that throw outside a request.
  }
  return found;
}

/**
 * Breaks the connection on which a call is answered, so that its client sees a lost connection. Waits a turn, because
 * the last values are still on their way through tRPC's streams.
 */
export function breakConnection(call: DeferCall): void {
  const response = responseOf(call);
  // An HTTP/2 response can't be destroyed, but its stream can.
  if (response !== undefined) setImmediate(() => (response.stream ?? response).destroy?.());
}
