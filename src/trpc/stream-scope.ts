import { beginStreaming, commitScope, settleScope, reattachScope } from '../core/call/open-scope.ts';
import { nearestOpen, type CallScope } from '../core/scope/scope.ts';
import { snapshot } from '../core/scope/storage.ts';
import type { DeferCall } from '../core/types/defer.ts';
import { EventsError } from '../core/words/errors.ts';

/** How long a stream that nobody pulls, or pulls again, may hold anything open, in ms. */
const UNPULLED = 10_000;
/** How long after an abort a generator's `finally` may still dispatch into its scope, in ms. */
const GRACE = 50;

/** Breaks the connection on which a call is answered, if it can be found. */
export type BreakConnection = (call: DeferCall) => void;

/** Keeps the scope of a call that returns a stream alive as long as the stream. */
export class StreamScope {
  readonly scope: CallScope;
  readonly #signal: AbortSignal | undefined;
  readonly #isSubscription: boolean;
  readonly #run = snapshot();
  readonly #breakConnection: BreakConnection;
  #hasLeft = false;
  /** What pulls wait for in `lost`, and the function that ends that wait. */
  #gone: Promise<void> | undefined = undefined;
  #leave: (() => void) | undefined = undefined;
  #unpulled: ReturnType<typeof setTimeout> | undefined = undefined;
  #grace: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(scope: CallScope, breakConnection: BreakConnection) {
    this.scope = scope;
    this.#breakConnection = breakConnection;
    this.#signal = scope.signal;
    this.#isSubscription = scope.source?.type === 'subscription';
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

  /**
   * Returns true if `close` has ended what this stream reads: ask before the stream has `ended`. Its client must not be
   * told of the end, because clients come back only to what they take for a lost connection. What has no signal was
   * called directly, and has no client.
   */
  isCutOff(): boolean {
    const { scope } = this;
    const isCut = scope.root.call?.isCut === true && nearestOpen(scope.parent) === undefined;
    if (!isCut || this.#signal === undefined || this.#signal.aborted) return false;
    if (this.#isSubscription) this.#run(() => this.#breakConnection(scope));
    return true;
  }

  /**
   * Waits until the client has gone, as for a value that never comes. A query throws instead: nobody asks for it again
   * by itself, and other calls of its batch may share its connection, so that it is not broken.
   *
   * @throws EventsError `CLOSED`
   */
  async lost(): Promise<void> {
    if (!this.#isSubscription) {
      throw new EventsError(
        'CLOSED',
        'The bus was closed while it was streamed: this answer is not complete.',
      );
    }
    if (this.#hasLeft || this.#signal?.aborted) return;
    this.#gone ??= new Promise((resolve) => {
      this.#leave = resolve;
      this.#signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    await this.#gone;
  }

  /** The consumer has left the stream. */
  left(): void {
    this.#hasLeft = true;
    this.#leave?.();
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
