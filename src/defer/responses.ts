import type { AsyncLocalStorage } from 'node:async_hooks';
import { builtin } from '../core/host/builtin.ts';
import { isObject } from '../core/words/guards.ts';
import { type Closable, isClosed } from './close.ts';

/**
 * Carries the response of a Node server's request through any framework. The reference is weak, because closed responses
 * must be freed, and the server keeps the open ones. A listener won't do, as some responses have as many as Node allows.
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

interface Seen {
  readonly storage: AsyncLocalStorage<Holder>;
  /** The responses by their requests, for code that has lost the storage, such as a pool's callback or the end of a body. */
  readonly byRequest: WeakMap<object, Holder>;
}

/**
 * All copies of this package in a process share one storage and one subscription. They are kept on the channel,
 * because Jest makes a globalThis for each test file, and a subscription forever holds the one it was made in.
 */
const KEY = Symbol.for('trpc-events.responses.2');
const seen = watch();

/** Returns the response of the current HTTP request, if the request's start was seen. */
export function currentResponse(): Closable | undefined {
  return seen?.storage.getStore()?.response;
}

/** Returns the response of a Node request whose start was seen. */
export function knownResponse(request: unknown): Closable | undefined {
  return isObject(request) ? seen?.byRequest.get(request)?.response : undefined;
}

/**
 * Subscribes to the diagnostics channels that give the response (HTTP/2: its stream) before any handler of a Node
 * server runs. A store that is entered there reaches everything that the request starts.
 */
function watch(): Seen | undefined {
  const hooks = builtin<typeof import('node:async_hooks')>('node:async_hooks');
  const channels = builtin<typeof import('node:diagnostics_channel')>('node:diagnostics_channel');
  if (hooks === undefined || channels === undefined) return undefined;
  const requests = channels.channel('http.server.request.start') as { [KEY]?: Seen };
  if (requests[KEY] !== undefined) return requests[KEY];
  const storage = new hooks.AsyncLocalStorage<Holder>();
  const byRequest = new WeakMap<object, Holder>();
  channels.subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request?: object; response?: Closable };
    if (response === undefined) return;
    const holder = new Holder(response);
    storage.enterWith(holder);
    if (request !== undefined) byRequest.set(request, holder);
  });
  channels.subscribe('http2.server.stream.created', (message) => {
    const { stream } = message as { stream?: Closable };
    if (stream !== undefined) storage.enterWith(new Holder(stream));
  });
  return (requests[KEY] = { storage, byRequest });
}
