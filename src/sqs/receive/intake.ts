import { EventsError } from '../../core/words/errors.ts';
import type { Connection } from '../../queue/connection.ts';
import type { Intake, StopLimit } from '../../queue/consumer-types.ts';
import type { Receive, ReceivingBus } from '../../queue/types.ts';
import { Answers, type RetryDelay } from './answers.ts';
import { isLasting, isUnreachable } from '../client/errors.ts';
import type { SqsQueue } from '../client/sqs-queue.ts';
import type { SqsMessage } from '../client/types.ts';
import { GroupLines } from './group-lines.ts';
import { HeldMessage } from './held-message.ts';
import { Poll } from './poll.ts';

/** The most messages that a request may ask for. */
const MOST = 10;
/** How many messages may wait for their groups, as a multiple of `concurrency`. */
const WAITING = 10;

export interface IntakeOptions {
  readonly name: string;
  readonly queue: SqsQueue;
  readonly concurrency: number;
  readonly waitTimeSeconds: number;
  readonly visibilityTimeout: number;
  readonly retryDelay: RetryDelay | undefined;
  readonly bus: Pick<ReceivingBus, 'report'>;
  readonly connection: Connection;
  readonly receive: Receive;
  /** Lets the consumer stop by itself. */
  stopSoon(): void;
}

/** Takes messages from a queue while there is room for them, and answers for each. */
export class SqsIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #answers: Answers;
  readonly #lines = new GroupLines<HeldMessage>();
  readonly #held = new Set<HeldMessage>();
  /** The messages whose listeners run. */
  readonly #atWork = new Set<HeldMessage>();
  /** The number of messages with a group that wait for their answer. Each keeps its place for the next one of its group. */
  #answering = 0;
  #isPolling = false;
  readonly #closing = new AbortController();
  readonly #poll: Poll;
  #opening: Promise<void> | undefined;
  #polling: Promise<void> | undefined;
  /** Ends the wait for room, or for the last answer. */
  #moved: (() => void) | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    const { queue, connection, retryDelay, visibilityTimeout } = options;
    const answered = {
      answered: () => connection.sawAnswer(),
      // While a poll is open, another request that fails is no outage, because the poll shows whether the broker answers.
      failed: (error: unknown) =>
        connection.sawError(error, isUnreachable(error) && !this.#isPolling && !this.#isClosing),
    };
    this.#answers = new Answers(queue, answered, retryDelay, (held, text, cause) =>
      this.#report(held, text, cause),
    );
    this.#poll = new Poll(queue, visibilityTimeout);
  }

  get inFlight(): number {
    return this.#held.size;
  }

  open(): Promise<void> {
    return (this.#opening = this.#open());
  }

  async close({ nearlyOver, lastMoment }: StopLimit): Promise<void> {
    this.#closing.abort();
    this.#moved?.();
    nearlyOver.addEventListener('abort', () => this.#hurry(), { once: true });
    lastMoment.addEventListener('abort', () => this.#giveUp(), { once: true });
    await this.#opening?.catch(() => {});
    await this.#polling;
    while (this.#held.size > 0) await this.#movement();
    this.#options.queue.close();
  }

  abandon(): void {
    this.#answers.abandon();
    this.#poll.abort();
    for (const held of this.#held) void held.visibility.end();
    this.#options.queue.close();
  }

  async #open(): Promise<void> {
    const { name, queue, connection } = this.#options;
    try {
      // A short poll shows what is wrong with the setup, and needs no permission beyond those of a consumer.
      await this.#pollOnce(0);
    } catch (error) {
      if (isLasting(error)) {
        queue.close();
        connection.sawError(error, false);
        const text = `${name} can't start: ${connection.explain(error)}`;
        throw new EventsError('RECEIVE_FAILED', text, { cause: error });
      }
      if (this.#isClosing) return;
      this.#polling = connection.failed(error, this.#closing.signal).then(() => this.#pollOn());
      return;
    }
    this.#polling = this.#pollOn();
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  async #pollOn(): Promise<void> {
    while (!this.#isClosing) {
      if (this.#room < 1) {
        await this.#movement();
        continue;
      }
      try {
        await this.#pollOnce(this.#options.waitTimeSeconds);
      } catch (error) {
        if (!this.#isClosing) await this.#options.connection.failed(error, this.#closing.signal);
      }
    }
  }

  async #pollOnce(waitSeconds: number): Promise<void> {
    if (this.#isClosing) return;
    this.#isPolling = true;
    const messages = await this.#poll.ask(this.#room, waitSeconds).finally(() => (this.#isPolling = false));
    this.#options.connection.answered();
    for (const message of messages) this.#take(message);
  }

  /** The number of messages that may be requested. Messages that wait for their group don't count, up to a limit. */
  get #room(): number {
    const { concurrency } = this.#options;
    const places = concurrency - this.#atWork.size - this.#answering;
    const waiting = concurrency * WAITING - this.#lines.waiting;
    // Handled messages count until they are deleted. Otherwise, failing deletes would let it take more and more.
    const answers = concurrency * (WAITING + 1) - this.#held.size;
    return Math.min(MOST, places, waiting, answers);
  }

  #movement(): Promise<void> {
    return new Promise((resolve) => (this.#moved = resolve));
  }

  #take(message: SqsMessage): void {
    const held = new HeldMessage(message, this.#options, this.#answers.changes);
    const { signal } = held.visibility;
    signal.addEventListener('abort', () => {
      if (held.visibility.isLost) this.#report(held, (signal.reason as Error).message, signal.reason);
    });
    this.#held.add(held);
    if (this.#answers.isUrgent) void this.#giveBack([held]);
    else if (this.#lines.enter(held.group, held)) void this.#work(held);
  }

  async #work(held: HeldMessage): Promise<void> {
    this.#atWork.add(held);
    // If the message was lost while it waited for its group, its signal has aborted, and no listener runs.
    const verdict = await this.#options.receive(held.received);
    this.#atWork.delete(held);
    if (verdict === 'release') this.#options.stopSoon();
    const places = held.group === undefined ? 0 : 1;
    this.#answering += places;
    this.#moved?.();
    // The next of a group waits for the delete: if that fails, this message comes again, and the next must come after it.
    const isDeleted = !held.isGivenUp && (await this.#answers.give(held, verdict));
    this.#answering -= places;
    const next = isDeleted ? this.#lines.next(held.group) : undefined;
    if (next !== undefined) void this.#work(next);
    // The messages behind it must run after it, so they are given back later than it. SQS gives out none of a group while its
    // first message is hidden.
    if (!isDeleted) await this.#giveBack(this.#lines.breakUp(held.group));
    this.#forget(held);
  }

  #forget(held: HeldMessage): void {
    this.#held.delete(held);
    this.#moved?.();
  }

  async #giveBack(messages: readonly HeldMessage[]): Promise<void> {
    await Promise.all(
      messages.map(async (held) => {
        await this.#answers.giveBack(held);
        this.#forget(held);
      }),
    );
  }

  /** Gives back what waits and aborts the listeners, because the time of a stop is nearly over. */
  #hurry(): void {
    this.#answers.isUrgent = true;
    this.#poll.abort();
    void this.#giveBack(this.#lines.clear());
    const reason = new EventsError('CLOSED', `${this.#options.name} stops, and its time is over.`);
    for (const held of this.#atWork) held.visibility.abort(reason);
  }

  /** Gives back what is still at work, because its listeners ignore their signal. */
  #giveUp(): void {
    for (const held of this.#atWork) {
      held.isGivenUp = true;
      void this.#giveBack([held]);
    }
  }

  #report({ id }: HeldMessage, text: string, cause?: unknown): void {
    const message = `${this.#options.name}, message ${id}: ${text}`;
    this.#options.bus.report(new EventsError('RECEIVE_FAILED', message, { cause }));
  }
}
