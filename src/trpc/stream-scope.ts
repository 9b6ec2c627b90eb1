import { beginStreaming, commitScope, settleScope, reattachScope } from '../core/call/open-scope.ts';
import type { CallScope } from '../core/scope/scope.ts';
import { snapshot } from '../core/scope/storage.ts';

/** How long a stream that nobody pulls, or pulls again, may hold anything open, in ms. */
const UNPULLED = 10_000;
/** How long after an abort a generator's `finally` may still dispatch into its scope, in ms. */
const GRACE = 50;

/** Keeps the scope of a call that returns a stream alive as long as the stream. */
export class StreamScope {
  readonly scope: CallScope;
  readonly #signal: AbortSignal | undefined;
  readonly #run = snapshot();
  #unpulled: ReturnType<typeof setTimeout> | undefined = undefined;
  #grace: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(scope: CallScope) {
    this.scope = scope;
    this.#signal = scope.signal;
    beginStreaming(scope);
    this.waits();
    this.#listen();
  }

  /**
   * Waits `UNPULLED` at most for the next pull. The client may be gone: Cloudflare Workers tells nobody (without
   * `enable_request_signal`), and cancels a request that waits for nothing, even if work remains after its response.
   */
  waits(): void {
    if (this.scope.outcome !== 'open') return;
    this.#unpulled = setTimeout(() => this.#detach(), UNPULLED);
    (this.#unpulled as { unref?(): void }).unref?.();
  }

  /** The stream is pulled, or subscribed to. */
  pulled(): void {
    if (this.#unpulled === undefined) return;
    clearTimeout(this.#unpulled);
    this.#unpulled = undefined;
    if (this.#run(() => reattachScope(this.scope))) this.#listen();
  }

  /** The stream has yielded: all events until now succeeded. The pull waits for the promise, if there is one. */
  yielded(): Promise<void> | undefined {
    return this.#run(() => commitScope(this.scope));
  }

  /** The stream has ended. After an abort, nothing that a generator throws is a failure: abort never means discard. */
  ended(ok: boolean, error?: unknown): Promise<void> | undefined {
    this.pulled();
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener('abort', this.#aborted);
    return this.#run(() => settleScope(this.scope, ok || this.#signal?.aborted === true, error));
  }

  /** Flushes now, because a generator that awaits a promise that never settles never reaches its `finally`. */
  readonly #aborted = (): void => {
    void this.yielded();
    this.#grace = setTimeout(() => void this.ended(true), GRACE);
  };

  #listen(): void {
    if (this.#signal?.aborted) this.#aborted();
    else this.#signal?.addEventListener('abort', this.#aborted, { once: true });
  }

  #detach(): void {
    // The signal may live long, and would keep a stream alive that nobody may ever pull.
    this.#signal?.removeEventListener('abort', this.#aborted);
    void this.#run(() => commitScope(this.scope, true));
    this.scope.detach();
  }
}
