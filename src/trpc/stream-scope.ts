import { beginStreaming, commitScope, settleScope, reattachScope } from '../core/call/open-scope.ts';
import type { CallScope } from '../core/scope/scope.ts';
import { snapshot } from '../core/scope/storage.ts';

/** A stream that nobody pulls, or pulls on, holds nothing open for longer, in ms. */
const UNPULLED = 10_000;
/** How long after an abort a generator's `finally` may still dispatch into its scope, in ms. */
const GRACE = 50;

/** The scope of a call that answers with a stream, which lives as long as that. */
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
   * It waits to be pulled. Its client may have gone: Cloudflare Workers tells nobody (without `enable_request_signal`),
   * and cancels a request that waits for nothing, with what it was to do after its response.
   */
  waits(): void {
    if (this.scope.outcome !== 'open') return;
    this.#unpulled = setTimeout(() => this.#detach(), UNPULLED);
    (this.#unpulled as { unref?(): void }).unref?.();
  }

  /** It is pulled, or subscribed to. */
  pulled(): void {
    if (this.#unpulled === undefined) return;
    clearTimeout(this.#unpulled);
    this.#unpulled = undefined;
    if (this.#run(() => reattachScope(this.scope))) this.#listen();
  }

  /** What came until now succeeded. The pull waits for the promise, if there is one. */
  yielded(): Promise<void> | undefined {
    return this.#run(() => commitScope(this.scope));
  }

  /** It has ended. After an abort, whatever a generator throws is no failure: abort never means discard. */
  ended(ok: boolean, error?: unknown): Promise<void> | undefined {
    this.pulled();
    clearTimeout(this.#grace);
    this.#signal?.removeEventListener('abort', this.#aborted);
    return this.#run(() => settleScope(this.scope, ok || this.#signal?.aborted === true, error));
  }

  /** A generator that awaits what never settles never reaches its `finally`: what there is, is flushed now. */
  readonly #aborted = (): void => {
    void this.yielded();
    this.#grace = setTimeout(() => void this.ended(true), GRACE);
  };

  #listen(): void {
    if (this.#signal?.aborted) this.#aborted();
    else this.#signal?.addEventListener('abort', this.#aborted, { once: true });
  }

  #detach(): void {
    // The signal may live for long, and would hold what nobody may ever pull.
    this.#signal?.removeEventListener('abort', this.#aborted);
    void this.#run(() => commitScope(this.scope, true));
    this.scope.detach();
  }
}
