import type { DeferCall } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, onClose, responseIn } from './close.ts';
import { runByFramework } from './framework.ts';
import { currentResponse, knownResponse } from './responses.ts';

/**
 * Finds the response. A request on ctx comes first if its start was seen, as code that a pool calls back may run in
 * another request's storage. For a request older than this module, the framework passes the response, or it is on ctx.
 */
export function responseOf({ response, ctx }: DeferCall): Closable | undefined {
  const req = memberOf(ctx, 'req');
  const given = responseIn(memberOf(ctx, 'res'));
  const own = req === undefined && given === undefined ? undefined : responseTo(req, given);
  return own ?? currentResponse() ?? responseIn(response) ?? given;
}

/**
 * Tells a call when its response was sent, whatever the call's strategy does. If that can't be known, returns whether the
 * call has no abort signal, like a direct call.
 */
export function watchResponse(call: DeferCall): boolean | undefined {
  const response = responseOf(call);
  if (response !== undefined) onClose(response, () => call.responseSent());
  else if (!runByFramework(async () => call.responseSent())) return memberOf(call, 'signal') === undefined;
  return undefined;
}

/** Returns the response to the request on ctx, or to that of the response on ctx. Fastify's request has Node's as `raw`. */
function responseTo(req: unknown, given: Closable | undefined): Closable | undefined {
  return responseToNode(req) ?? responseToNode(memberOf(req, 'raw')) ?? responseToNode(given?.req);
}

/** Returns the response to a Node request. An HTTP/2 request and its response share one stream. */
function responseToNode(request: unknown): Closable | undefined {
  return knownResponse(request) ?? responseIn(memberOf(request, 'stream'));
}

/** Reads a member of any value. A ctx may have getters that throw outside a request. */
function memberOf(value: unknown, key: string): unknown {
  try {
    return isObject(value) ? value[key] : undefined;
  } catch {
    return undefined;
  }
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
