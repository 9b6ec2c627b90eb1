import type { End, ErrorText, EventText } from './entry.ts';

/** The beginning of a story: a call, a scope, a publish, a delivery or a refused message. */
export interface Call {
  /** The `root` of its entries, or the id of a call within another. */
  readonly id: string;
  readonly kind: 'call' | 'scope' | 'publish' | 'delivery' | 'refused' | 'report';
  /** The path of a call; the name of the event of a publish, a delivery or a refused message. */
  readonly name: string;
  readonly type: 'query' | 'mutation' | 'subscription' | undefined;
  readonly process: string;
  readonly batchIndex: number | undefined;
  readonly defer: string | undefined;
  /** The call or the attempt around it. */
  readonly by: Call | Attempt | undefined;
  readonly from: number;
  /** Counts the changes of a root call and of all that came of it. What is derived from the call holds for one revision. */
  revision: number;
  /** The id of the first call of its HTTP batch, if the batch has several. */
  batch?: string;
  /** When it settled. */
  to?: number;
  end?: End;
  /** When its response had been sent. */
  answered?: number;
  /** Why it can't be known when its response was sent. */
  unanswered?: string;
  /** When its process was lost while it ran. */
  lost?: number;
  /** True if more came of it than is kept. */
  isFull?: boolean;
  /** Errors that were reported, and belong to no event. */
  readonly reports: Report[];
  readonly events: Happening[];
  /** The calls within it. */
  readonly calls: Call[];
}

/** An event, and what became of it. */
export interface Happening {
  readonly id: string;
  about: EventText;
  process: string;
  /** When it was dispatched, or when it arrived if its dispatch isn't known. */
  at: number;
  /** The call or the attempt that dispatched it, or the nearest one that is known. */
  by: Call | Attempt;
  /** False if only its arrival is known. */
  isDispatched: boolean;
  /** When it was first given to its listeners. */
  released?: number;
  /** The `origin` of `FlushInfo`: why it was given to its listeners then. */
  origin?: string;
  /** The event's trace context, once it was given to its listeners. */
  traceparent?: string;
  dropped?: { readonly at: number; readonly reason: string };
  isUnhandled?: boolean;
  readonly arrivals: Arrival[];
  readonly sends: Send[];
  readonly runs: Run[];
  readonly reports: Report[];
}

/** A message that was refused, or an error that was reported. */
export interface Report {
  readonly at: number;
  readonly process: string;
  readonly isRefusal: boolean;
  readonly error: ErrorText;
}

/** A delivery by a queue, or a redelivery by a reader of the inspector. */
export interface Arrival {
  readonly at: number;
  readonly isRedelivery: boolean;
  readonly process: string;
  readonly destination: string | undefined;
  readonly number: number;
}

/** A call to a broker. */
export interface Send {
  readonly from: number;
  readonly to: number;
  readonly process: string;
  readonly listener: string;
  readonly destination: string;
  readonly end: End;
}

/** All attempts of one listener on one event. */
export interface Run {
  readonly listener: string;
  kind: 'listener' | 'handler' | 'forwarder';
  readonly process: string;
  readonly event: Happening;
  readonly attempts: Attempt[];
  gaveUp?: {
    readonly at: number;
    readonly reason: string;
    readonly attempts: number;
    readonly error: ErrorText;
  };
}

export interface Attempt {
  readonly id: string;
  readonly run: Run;
  /** The number of the attempt: 1 for the first. */
  readonly number: number;
  readonly of: number;
  readonly from: number;
  to?: number;
  end?: End;
  /** The wait until the next attempt, in ms. */
  delay?: number;
  lost?: number;
  /** The events that it dispatched in turn. */
  readonly events: Happening[];
  readonly calls: Call[];
}
