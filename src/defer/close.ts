import type { DeferCall } from '../core/types/defer.ts';
import { isObject } from '../core/words/guards.ts';

/** What is used of a `ServerResponse`, of HTTP/2's, or of its stream. */
export interface Closable {
  readonly closed?: boolean;
  readonly destroyed?: boolean;
  /** HTTP/2's response has it, and says there what it doesn't say itself. */
  readonly stream?: Closable | undefined;
  once(event: 'close', listener: () => void): unknown;
}

/** A `ServerResponse`, or what holds one as fastify's reply does. A WebSocket, which lives on after a call, is none. */
export function responseIn(value: unknown): Closable | undefined {
  if (isResponse(value)) return value;
  return isObject(value) && isResponse(value['raw']) ? value['raw'] : undefined;
}

function isResponse(value: unknown): value is Closable {
  return (
    isObject(value) && typeof value['writableEnded'] === 'boolean' && typeof value['once'] === 'function'
  );
}

/** Whether it is sent, or its client has gone. */
export function isClosed({ closed, destroyed, stream }: Closable): boolean {
  return closed === true || destroyed === true || (stream !== undefined && isClosed(stream));
}

/** One listener on a response serves all its calls. */
const waiting = new WeakMap<Closable, Set<() => void>>();

/** Calls back once, when the response is sent or its client has gone: at once, if that has been. */
function onClose(response: Closable, callback: () => void): void {
  if (isClosed(response)) return callback();
  const callbacks = waiting.get(response) ?? listen(response);
  callbacks.add(callback);
}

function listen(response: Closable): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(response, callbacks);
  response.once('close', () => {
    waiting.delete(response);
    // HTTP/2 closes a stream when its last frame is made, just before that is written.
    setImmediate(() => {
      for (const callback of callbacks) callback();
    });
  });
  return callbacks;
}

/** Flushes when the response has closed, and at the latest `maxWait` ms from now. */
export function flushOnClose(
  response: Closable,
  flush: () => Promise<void>,
  call: DeferCall,
  maxWait: number,
): void {
  const sent = whenSent(flush, call, maxWait);
  onClose(response, () => void sent());
}

/** What is to be called when a response has been sent. The flush waits for it no longer than `maxWait` ms from now. */
export function whenSent(flush: () => Promise<void>, call: DeferCall, maxWait: number): () => Promise<void> {
  const timer = setTimeout(flush, maxWait);
  return () => {
    clearTimeout(timer);
    call.responseSent();
    return flush();
  };
}
