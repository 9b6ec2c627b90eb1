/** The `system` of an event that was redelivered by a reader of the inspector. */
export const REDELIVERY = 'redelivery';

/** Something that was thrown, as text. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  /** The `code` of the error: that of a TRPCError, or one such as `ETIMEDOUT`. */
  readonly code?: string;
  readonly stack?: string;
  /** The error's `cause`, at most three deep. */
  readonly cause?: ErrorText;
}

/** How something ended. */
export interface End {
  readonly ok: boolean;
  readonly error?: ErrorText;
}

/** The fields of an event, except for its payload. */
export interface EventText {
  /** The id of the event. */
  readonly event: string;
  readonly name: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly depth: number;
  readonly path?: string;
  readonly key?: string;
  /** The meta as `PayloadText` writes values. Left out if it is empty or too long. */
  readonly meta?: string;
}

/** One thing that happened, as text only. Calls, events and attempts are told apart by their ids. */
export type Fact =
  | {
      readonly kind: 'opened';
      readonly call: string;
      readonly scope: 'call' | 'scope';
      readonly path?: string;
      readonly type?: 'query' | 'mutation' | 'subscription';
      readonly batchIndex?: number;
      /** The call around it. */
      readonly parent?: string;
      /** The attempt that it runs in. */
      readonly by?: string;
      /** The name of its defer strategy. */
      readonly defer: string;
    }
  | ({ readonly kind: 'settled'; readonly call: string } & End)
  /** The call's response was sent, or its client has gone. */
  | { readonly kind: 'answered'; readonly call: string }
  /** The call has settled, and nobody can know when its response is sent: `why` is a word or two, such as `WebSocket`. */
  | { readonly kind: 'unanswered'; readonly call: string; readonly why: string }
  | ({
      readonly kind: 'dispatched';
      readonly when: 'success' | 'failure' | 'settled';
      /** The call or the attempt that dispatched it; none for `bus.publish`. */
      readonly by?: string;
    } & EventText)
  /** The event was given to its listeners. `origin` is that of `FlushInfo`. */
  | {
      readonly kind: 'released';
      readonly event: string;
      readonly origin: string;
      /** The trace context of the event, which observers of tracing have put on it since its dispatch. */
      readonly traceparent?: string;
    }
  | { readonly kind: 'dropped'; readonly event: string; readonly reason: string }
  | { readonly kind: 'unhandled'; readonly event: string }
  | {
      readonly kind: 'started';
      readonly attempt: string;
      readonly event: string;
      readonly listener: string;
      readonly listenerKind: 'listener' | 'handler' | 'forwarder';
      /** The number of the attempt: 1 for the first. */
      readonly number: number;
      /** How many attempts there may be. */
      readonly of: number;
    }
  | ({ readonly kind: 'finished'; readonly attempt: string } & End)
  /** Another attempt begins after `delay` ms. */
  | { readonly kind: 'backedOff'; readonly attempt: string; readonly delay: number }
  /** A listener has failed for good. `reason` is a `DeadLetterReason`. */
  | {
      readonly kind: 'gaveUp';
      readonly event: string;
      readonly listener: string;
      readonly reason: string;
      readonly attempts: number;
      readonly error: ErrorText;
    }
  /** A call to a broker has ended. It began at `from`. */
  | ({
      readonly kind: 'sent';
      readonly event: string;
      readonly listener: string;
      readonly system: string;
      readonly destination: string;
      readonly from: number;
    } & End)
  /** The event came from a queue. */
  | ({
      readonly kind: 'arrived';
      /** How often the queue has delivered it. */
      readonly number: number;
      /** The broker, or `redelivery` if a reader of the inspector redelivered the event. */
      readonly system?: string;
      readonly destination?: string;
    } & EventText)
  /** A message that `bus.deliver` refused. The id and the name are what the message says. */
  | {
      readonly kind: 'refused';
      readonly event?: string;
      readonly name?: string;
      readonly destination?: string;
      readonly error: ErrorText;
    }
  /** An error that was reported and belongs to no listener. */
  | {
      readonly kind: 'reported';
      readonly event?: string;
      readonly listener?: string;
      readonly error: ErrorText;
    }
  /** More came of this call than is kept. */
  | { readonly kind: 'full' }
  /** The process has ended, or wasn't heard from for 10 s. What ran there is lost. */
  | { readonly kind: 'lost' };

/** A fact, and where and when it happened. */
export type Happened = Fact & {
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** The name of the process. */
  readonly process: string;
};

/** An entry, as readers get it. */
export type Entry = Happened & {
  /** The place of the entry: a reader who comes back gives it as `after`. */
  readonly id: string;
  /** The origin that the entry belongs to: a call, publish or delivery, with all that came of it. */
  readonly root: string;
};

/** The payload of an event, as text. */
export interface PayloadText {
  /**
   * JSON. A value that JSON can't hold is written as an object whose first key is `$`, such as
   * `{"$":"date","value":"…"}`, `{"$":"redacted"}` or `{"$":"cut"}`.
   */
  readonly text: string;
  /** True if the payload was longer than what is kept. */
  readonly isCut: boolean;
}

/** The state of an inspector, which its stream sends between the entries. */
export interface Status {
  readonly kind: 'status';
  /** The id of this run of the process. If it changes, the process was started again, and what it knew is gone. */
  readonly run: string;
  readonly process: string;
  /** How many calls are kept. */
  readonly calls: number;
  /** How many older calls are gone. */
  readonly gone: number;
  /** How often everything was cleared. */
  readonly cleared: number;
  /** True if the reader may redeliver, publish and clear. */
  readonly actions: boolean;
  /** The other processes that forward their entries, and how many of those they had to drop. */
  readonly processes: readonly { readonly name: string; readonly dropped: number }[];
}
