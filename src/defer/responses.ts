import type { AsyncLocalStorage } from 'node:async_hooks';
import { builtin } from '../core/host/builtin.ts';
import { type Closable, isClosed } from './close.ts';

/**
 * Carries the response of a Node server's request through any framework. The reference is weak: the server holds open
 * responses, and closed ones must be freed. A listener won't do, because some responses have as many as Node allows.
 */
class Holder {
  readonly #response: WeakRef<Closable>;

  constructor(response: Closable) {
    this.#response = new WeakRef(response);
  }

  get response(): Closable | undefined {
    const response = this.#response.deref();
    return response === undefined || isClosed(response) ? undefined : response;
  }
}

/**
 * All copies of this package in a process share one storage and one subscription. The storage is kept on the channel,
 * because Jest makes a globalThis for each test file, and a subscription forever holds the one it was made in.
 */
const KEY = Symbol.for('trpc-events.responses.1');
const storage = watch();

/** Returns the response of the current HTTP request, if the request's start was seen. */
export function currentResponse(): Closable | undefined {
  return storage?.getStore()?.response;
}

/**
 * Subscribes to the diagnostics channels that give the response (HTTP/2: its stream) before any handler of a Node
 * server runs. A store that is entered there reaches everything that the request starts.
 */
function watch(): AsyncLocalStorage<Holder> | undefined {
  const hooks = builtin<typeof import('node:async_hooks')>('node:async_hooks');
  const channels = builtin<typeof import('node:diagnostics_channel')>('node:diagnostics_channel');
  if (hooks === undefined || channels === undefined) return undefined;
  const requests = channels.channel('http.server.request.start') as {
    [KEY]?: AsyncLocalStorage<Holder>;
  };
  if (requests[KEY] !== undefined) return requests[KEY];
  const storage = (requests[KEY] = new hooks.AsyncLocalStorage<Holder>());
  const enter = (response: Closable | undefined) => {
    if (response !== undefined) storage.enterWith(new Holder(response));
  };
  channels.subscribe('http.server.request.start', (message) =>
    enter((message as { response?: Closable }).response),
  );
  channels.subscribe('http2.server.stream.created', (message) =>
    enter((message as { stream?: Closable }).stream),
  );
  return storage;
}
