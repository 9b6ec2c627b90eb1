/** A call of gRPC, in the part that is used. */
interface GrpcCall {
  cancelWithStatus(code: number, details: string): void;
}
type NextCall = (options: object) => GrpcCall;

/** How a request is sent, as google-gax takes it. */
export interface CallOptions {
  /** In ms. */
  readonly timeout: number;
  readonly retry: null;
  readonly otherArgs: {
    readonly options: { readonly interceptors: readonly ((options: object, next: NextCall) => GrpcCall)[] };
  };
}

const CANCELLED = 1;

/**
 * Returns the options for one attempt, which ends after so many ms, or when a signal aborts. The client's own retries would
 * go on for ten minutes, and hide what was wrong; and it takes no signal, so gRPC is asked below it.
 */
export function callOptions(time: number, signal: AbortSignal): CallOptions {
  const cancelOnAbort = (options: object, next: NextCall) => {
    const call = next(options);
    const cancel = () => call.cancelWithStatus(CANCELLED, 'given up');
    // The call starts when this has returned, and can't be cancelled before.
    if (signal.aborted) queueMicrotask(cancel);
    else signal.addEventListener('abort', cancel, { once: true });
    return call;
  };
  return {
    timeout: Math.max(1, Math.ceil(time)),
    retry: null,
    otherArgs: { options: { interceptors: [cancelOnAbort] } },
  };
}
