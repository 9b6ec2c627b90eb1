import type { AsyncLocalStorage } from 'node:async_hooks';
import { builtin } from '../core/host/builtin.ts';
import { type Closable, isClosed } from './close.ts';

/**
 * What the requests of a Node server carry through whatever framework stands above. The server holds an open response;
 * this must not hold a closed one, and no listener of ours tells of its end: some have as many as Node allows for.
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
 * One storage for all copies of this package in a process, and one subscription. It hangs on the channel: of globalThis
 * Jest makes one for each test file, and a subscription holds what it was made in for good.
 */
const KEY = Symbol.for('trpc-events.responses.1');
const storage = watch();

/** The response of the HTTP request that runs here, if it was seen to begin. */
export function currentResponse(): Closable | undefined {
  return storage?.getStore()?.response;
}

/**
 * Before any handler of a Node server runs, a diagnostics channel gives its response (HTTP/2: its stream). What is
 * entered there reaches all that the request starts.
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
