import type { DeferCall } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, responseIn } from './close.ts';
import { currentResponse } from './responses.ts';

/** Finds the response. For a request older than this module, the framework passes it, or it is on ctx, as in most apps. */
export function responseOf({ response, ctx }: DeferCall): Closable | undefined {
  return currentResponse() ?? responseIn(response) ?? (isObject(ctx) ? responseIn(ctx['res']) : undefined);
}

/**
 * Breaks the connection on which a call is answered, so that its client sees a lost connection. Waits a turn, because
 * the last values are still on their way through tRPC's streams.
 */
export function breakConnection(call: DeferCall): void {
  try {
    const response = responseOf(call);
    // An HTTP/2 response can't be destroyed, but its stream can.
    if (response !== undefined) setImmediate(() => (response.stream ?? response).destroy?.());
  } catch {
    // A ctx that throws when it is read tells of no response.
  }
}
