/**
 * A host that treats a process as Vercel's functions do: each request has a context with `waitUntil`. When its
 * response has closed and the promises given for it have settled, nothing promises the request any more time.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';

/** A request, as the host sees it. */
export class Invocation {
  /** Number of promises that have not settled, plus 1 while the response is open. */
  #open = 1;
  readonly #ended: () => void;
  #isOver!: () => void;
  /** Resolves when `over` becomes true. */
  readonly whenOver = new Promise<void>((resolve) => (this.#isOver = resolve));
  over = false;
  /** Number of promises that came when the request was over. */
  late = 0;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  // This is a method that needs its `this`, as Vercel's is.
  waitUntil(promise: Promise<unknown>): void {
    if (this.over) {
      this.late++;
      return;
    }
    this.#open++;
    promise.then(
      () => this.close(),
      () => this.close(),
    );
  }

  close(): void {
    if (--this.#open > 0) return;
    this.over = true;
    this.#isOver();
    this.#ended();
  }
}

interface Emitting {
  emit(name: string, ...args: unknown[]): boolean;
}

const storage = new AsyncLocalStorage<Invocation>();

/** Returns the request that this code runs in. */
export const currentInvocation = (): Invocation | undefined => storage.getStore();

/** Makes this process, with all its servers, one on Vercel. Calls `ended` whenever an invocation is over. */
export function becomeVercel(ended: () => void): { running(): number } {
  let running = 0;
  (globalThis as Record<symbol, unknown>)[Symbol.for('@vercel/request-context')] = {
    get: () => storage.getStore(),
  };
  for (const prototype of [
    Server.prototype as Emitting,
    Object.getPrototypeOf(createHttp2Server()) as Emitting,
  ]) {
    const { emit } = prototype;
    prototype.emit = function handle(this: Emitting, ...args: [string, ...unknown[]]): boolean {
      const [name, , response] = args;
      if (name !== 'request') return emit.apply(this, args);
      running++;
      const invocation = new Invocation(() => {
        running--;
        ended();
      });
      (response as ServerResponse).once('close', () => invocation.close());
      return storage.run(invocation, () => emit.apply(this, args));
    };
  }
  return { running: () => running };
}
