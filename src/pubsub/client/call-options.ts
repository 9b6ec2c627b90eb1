/** The part of a gRPC call that is used. */
interface GrpcCall {
  cancelWithStatus(code: number, details: string): void;
}
type NextCall = (options: object) => GrpcCall;

/** The options of a request, as google-gax takes them. */
export interface CallOptions {
  /** The time limit of the request, in ms. */
  readonly timeout: number;
  readonly retry: null;
  readonly otherArgs: {
    readonly options: { readonly interceptors: readonly ((options: object, next: NextCall) => GrpcCall)[] };
  };
}

const CANCELLED = 1;

/**
 * Returns the options for one attempt, which ends after `time` ms, or when a signal aborts. The client's own retries would
 * go on for ten minutes, and hide what was wrong. The client takes no signal, so an interceptor cancels the gRPC call.
 */
export function callOptions(time: number, signal: AbortSignal): CallOptions {
  const cancelOnAbort = (options: object, next: NextCall) => {
    const call = next(options);
    const cancel = () => call.cancelWithStatus(CANCELLED, 'given up');
    // The call starts after this function has returned, and can't be canceled before.
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
