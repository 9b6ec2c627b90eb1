import type { DeferCall } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';

/** The members of a `ServerResponse`, an HTTP/2 response or its stream that are used. */
export interface Closable {
  readonly closed?: boolean;
  readonly destroyed?: boolean;
  /** The stream of an HTTP/2 response. The response itself lacks `closed` and `destroyed`. */
  readonly stream?: Closable | undefined;
  readonly req?: unknown;
  destroy?(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** Returns a `ServerResponse`, or the one in fastify's reply. WebSockets don't count, because they outlive a call. */
export function responseIn(value: unknown): Closable | undefined {
  if (isResponse(value)) return value;
  return isObject(value) && isResponse(value['raw']) ? value['raw'] : undefined;
}

function isResponse(value: unknown): value is Closable {
  return (
    isObject(value) && typeof value['writableEnded'] === 'boolean' && typeof value['once'] === 'function'
  );
}

/** Returns true if the response was sent or its client has gone. */
export function isClosed({ closed, destroyed, stream }: Closable): boolean {
  return closed === true || destroyed === true || (stream !== undefined && isClosed(stream));
}

/** The callbacks of each response, so that one listener on a response serves all its calls. */
const waiting = new WeakMap<Closable, Set<() => void>>();

/** Calls back once, when the response was sent or its client has gone, or right away if that has already happened. */
export function onClose(response: Closable, callback: () => void): void {
  if (isClosed(response)) return callback();
  const callbacks = waiting.get(response) ?? listen(response);
  callbacks.add(callback);
}

function listen(response: Closable): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(response, callbacks);
  response.once('close', () => {
    waiting.delete(response);
    // HTTP/2 closes a stream when its last frame is made, just before the frame is written.
    setImmediate(() => {
      for (const callback of callbacks) callback();
    });
  });
  return callbacks;
}

/** Flushes when the response has closed, at the latest `maxWait` ms from now. */
export function flushOnClose(
  response: Closable,
  flush: () => Promise<void>,
  call: DeferCall,
  maxWait: number,
): void {
  const sent = whenSent(flush, call, maxWait);
  onClose(response, () => void sent());
}

/** Returns the function to call when the response was sent. The flush waits for it at most `maxWait` ms from now. */
export function whenSent(flush: () => Promise<void>, call: DeferCall, maxWait: number): () => Promise<void> {
  const timer = setTimeout(flush, maxWait);
  return () => {
    clearTimeout(timer);
    call.responseSent();
    return flush();
  };
}
