import { beginStreaming, commitScope, settleScope, reattachScope } from '../core/call/open-scope.ts';
import { MAX_WAIT } from '../core/model/work-group.ts';
import { nearestOpen, type CallScope, type Scope } from '../core/scope/scope.ts';
import { snapshot } from '../core/scope/storage.ts';
import type { DeferCall } from '../core/types/defer.ts';
import { EventsError } from '../core/words/errors.ts';
import { isAborted, letGo, listen } from '../core/words/signals.ts';

/** How long a stream that is not pulled, or not pulled again, may hold anything open, in ms. */
const UNPULLED = 10_000;
/** How long after an abort a generator's `finally` may still dispatch into its scope, in ms. */
const GRACE = 50;

/** Breaks the connection on which a call is answered, if it can be found. */
export type BreakConnection = (call: DeferCall) => void;

/** Keeps a call's scope alive as long as the stream that the call has returned. */
export class StreamScope {
  readonly scope: CallScope;
  readonly #signal: AbortSignal | undefined;
  readonly #isSubscription: boolean;
  readonly #run = snapshot();
  readonly #breakConnection: BreakConnection;
  #hasLeft = false;
  /** The promise that pulls wait for in `lost`, and the function that resolves it. */
  #gone: Promise<void> | undefined = undefined;
  #leave: (() => void) | undefined = undefined;
  #unpulled: ReturnType<typeof setTimeout> | undefined = undefined;
  #grace: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The time at which a pull began to wait for its next value. `undefined` between pulls. */
  #waitsSince: number | undefined = undefined;
  /** The timer of `#limitWait`, set while a pull waits and there are events. */
  #upIn: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(scope: CallScope, breakConnection: BreakConnection) {
    this.scope = scope;
    this.#breakConnection = breakConnection;
    this.#signal = scope.signal;
    this.#isSubscription = scope.source?.type === 'subscription';
    beginStreaming(scope);
    scope.entryAdded = () => this.#limitWait();
    this.waits();
    this.#listen();
  }

  /**
   * Waits at most `UNPULLED` for the next pull, as the client may be gone. Cloudflare Workers doesn't say so (without
   * `enable_request_signal`), and cancels a request that waits for nothing, even if work remains after its response.
   */
  waits(): void {
    if (this.scope.outcome !== 'open') return;
    this.#waitsSince = undefined;
    this.#unpulled = setTimeout(() => this.#detach(), UNPULLED);
    unref(this.#unpulled);
  }

  /** Notes that the stream is pulled, or subscribed to. */
  pulled(): void {
    if (this.#unpulled === undefined) return;
    clearTimeout(this.#unpulled);
    this.#unpulled = undefined;
    if (this.#run(() => reattachScope(this.scope))) this.#listen();
    this.#waitsSince = performance.now();
    if (this.scope.root.entries !== undefined) this.#limitWait();
  }

  /** Commits all events until now, because the stream has yielded. The pull waits for the promise, if there is one. */
  yielded(): Promise<void> | undefined {
    this.#stopLimit();
    if (this.#waitsSince !== undefined) this.#waitsSince = performance.now();
    return this.#run(() => commitScope(this.scope));
  }

  /** Settles a stream that has ended. After an abort, an error of the generator is no failure, and discards no events. */
  ended(ok: boolean, error?: unknown): Promise<void> | undefined {
    this.pulled();
    this.#stopLimit();
    this.scope.entryAdded = undefined;
    clearTimeout(this.#grace);
    letGo(this.#signal, this.#aborted);
    return this.#run(() => settleScope(this.scope, ok || isAborted(this.#signal), error));
  }

  /**
   * Returns true if `close` has ended what this stream reads, and breaks the connection of a subscription. Call it before
   * `ended`. The client must not be told of the end, because clients reconnect only after what looks like a lost
   * connection. A call without a signal was made directly, and has no client.
   */
  isCutOff(): boolean {
    const { scope } = this;
    const isCut = scope.root.call?.isCut === true && nearestOpen(scope.parent) === undefined;
    if (!isCut || this.#signal === undefined || isAborted(this.#signal)) return false;
    if (this.#isSubscription) this.#run(() => this.#breakConnection(scope));
    return true;
  }

  /**
   * Ends a stream that is cut off. For a subscription, this counts as an abort: no events are discarded, and the pull
   * waits until the client has gone. A query fails, and its caller gets the error, because no client repeats a query by
   * itself. Its connection is not broken, because other calls of its batch may share it.
   *
   * @throws EventsError `CLOSED`
   */
  async lost(): Promise<void> {
    if (!this.#isSubscription) {
      const error = new EventsError(
        'CLOSED',
        'The bus was closed while it was streamed: this answer is not complete.',
      );
      await this.ended(false, error);
      throw error;
    }
    await this.ended(true);
    if (this.#hasLeft || isAborted(this.#signal)) return;
    this.#gone ??= new Promise((resolve) => {
      this.#leave = resolve;
      listen(this.#signal, resolve);
    });
    await this.#gone;
  }

  /** Notes that the consumer has left the stream, and ends the wait in `lost`. */
  left(): void {
    this.#hasLeft = true;
    this.#leave?.();
  }

  /**
   * Lets events wait at most the strategy's `maxWait` for the current pull. Events that are dispatched after that time
   * may wait `maxWait` again, because the pull may still throw.
   */
  #limitWait(): void {
    if (this.#waitsSince === undefined || this.#upIn !== undefined) return;
    const { maxWait = MAX_WAIT } = this.scope.defer;
    const waited = performance.now() - this.#waitsSince;
    this.#upIn = setTimeout(() => this.#countAsUp(), waited < maxWait ? maxWait - waited : maxWait);
    unref(this.#upIn);
  }

  #stopLimit(): void {
    clearTimeout(this.#upIn);
    this.#upIn = undefined;
  }

  /** Treats a pull that has waited too long as if it had yielded, in this stream and in the streams around it. */
  #countAsUp(): void {
    this.#upIn = undefined;
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      const { call } = scope;
      if (call?.streaming && call.outcome === 'open') void this.#run(() => commitScope(call));
    }
  }

  /** Flushes now, because a generator that awaits a promise that never settles never reaches its `finally`. */
  readonly #aborted = (): void => {
    void this.yielded();
    this.#grace = setTimeout(() => void this.ended(true), GRACE);
  };

  #listen(): void {
    if (isAborted(this.#signal)) this.#aborted();
    else listen(this.#signal, this.#aborted);
  }

  #detach(): void {
    // The signal may live long, and would keep alive a stream that may never be pulled again.
    letGo(this.#signal, this.#aborted);
    void this.#run(() => commitScope(this.scope, true));
    this.scope.detach();
  }
}

/** Lets the process end while a timer runs, on runtimes whose timers can do that. */
function unref(timer: ReturnType<typeof setTimeout>): void {
  (timer as { unref?(): void }).unref?.();
}
