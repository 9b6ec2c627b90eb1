import { status } from '@grpc/grpc-js';
import { PubsubError, type CodeName } from './errors.ts';
import type { Input, StreamInput, WireMessage } from './types.ts';
import { gate } from '../../setup/async.ts';

/** A request as it came in, even if it failed. The input of a `streamingPull` is the first one of its stream. */
export interface PubsubRequest {
  /** The name of the operation, such as `publish`, `acknowledge`, `modifyAckDeadline` or `streamingPull`. */
  readonly operation: string;
  readonly input: Partial<Input & StreamInput>;
  readonly at: number;
}

/**
 * A fault of a request. With a code, the server answers with that code, and accepts nothing. With `lose response`, it
 * accepts all, and the client gets UNAVAILABLE. With `never answer`, the client gets nothing until its own timeout. `drop`
 * ends the connection, with all other calls on it: before the server has accepted anything, or after that.
 */
export type RequestFault = CodeName | 'lose response' | 'never answer' | 'drop before' | 'drop after';
export type JudgeRequest = (request: PubsubRequest) => RequestFault | undefined;

/**
 * A fault of one ack, nack or extension. With exactly-once delivery, the client is told: `transient` or `permanent`.
 * Without it, the operation is lost either way, and the client is told that it has succeeded.
 */
export type AckFault = 'transient' | 'permanent';
export type JudgeAck = (message: WireMessage, operation: 'ack' | 'nack' | 'extend') => AckFault | undefined;

interface Hold {
  readonly matches: (request: PubsubRequest) => boolean;
  readonly released: Promise<void>;
}

/** Faults on demand. A function that adds a lasting fault returns a function that removes it. */
export class Faults {
  #requests: { readonly operation: string; readonly fault: RequestFault; left: number }[] = [];
  readonly #requestJudges = new Set<JudgeRequest>();
  readonly #ackJudges = new Set<JudgeAck>();
  readonly #holds = new Set<Hold>();
  readonly #answerHolds = new Set<Hold>();
  #paused: Promise<void> | undefined;

  /** Makes the next requests of an operation fail. */
  failNext(operation: string, fault: RequestFault, times = 1): void {
    this.#requests.push({ operation, fault, left: times });
  }

  /** Makes requests fail, depending on their content. */
  failRequests(judge: JudgeRequest): () => void {
    return addTo(this.#requestJudges, judge);
  }

  /** Makes single acks, nacks and extensions fail. */
  failAcks(judge: JudgeAck): () => void {
    return addTo(this.#ackJudges, judge);
  }

  /** Holds each matching request, before it is accepted, until the returned function is called. */
  hold(matches: Hold['matches']): () => void {
    return holdIn(this.#holds, matches);
  }

  /** Holds the answer of each matching request, which was accepted, until the returned function is called. */
  holdAnswers(matches: Hold['matches']): () => void {
    return holdIn(this.#answerHolds, matches);
  }

  /** Stops all answers and deliveries until the returned function is called. The state is kept. */
  pause(): () => void {
    const { promise, open } = gate();
    this.#paused = promise;
    return () => {
      this.#paused = undefined;
      open();
    };
  }

  /** Resolves at the end of the pause. Undefined if there is none. */
  get paused(): Promise<void> | undefined {
    return this.#paused;
  }

  clear(): void {
    this.#requests = [];
    this.#requestJudges.clear();
    this.#ackJudges.clear();
  }

  /** Resolves when the request may go on. */
  async whenFree(request: PubsubRequest): Promise<void> {
    await this.#paused;
    await whenReleased(this.#holds, request);
  }

  /** Resolves when the answer may be sent. */
  async whenAnswerIsFree(request: PubsubRequest): Promise<void> {
    await whenReleased(this.#answerHolds, request);
    await this.#paused;
  }

  /** Returns the fault of a request, and counts it. */
  take(request: PubsubRequest): RequestFault | undefined {
    const found = this.#requests.find(({ operation, left }) => operation === request.operation && left > 0);
    if (found !== undefined) {
      found.left--;
      return found.fault;
    }
    for (const judge of this.#requestJudges) {
      const fault = judge(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Returns the fault of one ack, nack or extension. */
  judgeAck(...args: Parameters<JudgeAck>): AckFault | undefined {
    for (const judge of this.#ackJudges) {
      const fault = judge(...args);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}

/** @throws PubsubError if the fault is a code */
export function throwIfCode(fault: RequestFault | undefined): void {
  if (fault !== undefined && fault in status) throw new PubsubError(fault as CodeName, 'made to fail');
}

function addTo<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => void set.delete(item);
}

function holdIn(holds: Set<Hold>, matches: Hold['matches']): () => void {
  const { promise, open } = gate();
  const undo = addTo(holds, { matches, released: promise });
  return () => {
    undo();
    open();
  };
}

async function whenReleased(holds: ReadonlySet<Hold>, request: PubsubRequest): Promise<void> {
  const held = [...holds].filter(({ matches }) => matches(request));
  await Promise.all(held.map(({ released }) => released));
}
