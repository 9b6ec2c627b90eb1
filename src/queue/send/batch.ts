import type { AnyEvent } from '../../core/types/event.ts';

/** An event as a message that is to be sent. */
export interface Outgoing {
  readonly event: AnyEvent;
  /** The size that the broker counts. */
  readonly bytes: number;
}

/** Why a message was not sent, and what may help. */
export interface Fault {
  readonly error: unknown;
  /** `later`: the same request may succeed. `alone`: another message may be the reason. */
  readonly retry: 'later' | 'alone' | undefined;
}

/** The messages of one request. */
export interface Batch<M extends Outgoing> {
  readonly messages: readonly M[];
  /** The time after which nobody waits for any of the messages anymore, in ms since 1970. */
  readonly deadline: number;
  /** Aborted by the caller if nobody waits for the messages anymore, and by the request if nobody answers. */
  readonly controller: AbortController;
}

/** Sends messages in one request. Returns a fault at the index of each message that was not sent. Never rejects. */
export type SendBatch<M extends Outgoing> = (batch: Batch<M>) => Promise<readonly (Fault | undefined)[]>;
