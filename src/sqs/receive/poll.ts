import type { SqsQueue } from '../client/sqs-queue.ts';
import type { SqsMessage } from '../client/types.ts';

/** How much longer than its wait a poll may take, in ms. A half-open connection never answers. */
const PATIENCE = 10_000;

/** Asks a queue for messages, one request at a time. */
export class Poll {
  readonly #queue: Pick<SqsQueue, 'receive'>;
  readonly #visibilitySeconds: number;
  #controller = new AbortController();

  constructor(queue: Pick<SqsQueue, 'receive'>, visibilitySeconds: number) {
    this.#queue = queue;
    this.#visibilitySeconds = visibilitySeconds;
  }

  /** Waits for up to `max` messages. */
  async ask(max: number, waitSeconds: number): Promise<readonly SqsMessage[]> {
    const controller = (this.#controller = new AbortController());
    const limit = waitSeconds * 1000 + PATIENCE;
    const timer = setTimeout(
      () => controller.abort(new Error(`The queue has not answered for ${limit / 1000} s`)),
      limit,
    );
    const visibilitySeconds = this.#visibilitySeconds;
    try {
      return await this.#queue.receive({ max, waitSeconds, visibilitySeconds }, controller.signal);
    } catch (error) {
      // The client says only that the request was aborted, not why.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the open request. SQS may still deliver messages to it, and hides them until their visibility timeout is over. */
  abort(): void {
    this.#controller.abort();
  }
}
