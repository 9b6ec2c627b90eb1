import { EventsError } from '../../core/words/errors.ts';
import type { Receive } from '../../queue/types.ts';

/** The parts of a record of Lambda's event that are read. */
export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventSource: string;
  readonly eventSourceARN: string;
  readonly attributes?: Readonly<Record<string, string | undefined>> | null;
  readonly messageAttributes?: Readonly<
    Record<string, { readonly stringValue?: string | undefined } | null>
  > | null;
}

export interface BatchOptions {
  receiverOf(queue: string): Receive;
  readonly concurrency: number;
  /** The time that the function has left, in ms. */
  readonly left: number | undefined;
  /** The listeners are aborted this long before the function's time runs out, in ms. */
  readonly margin: number;
}

/** The records of one invocation: each that was not handled is a failure. */
export class LambdaBatch {
  readonly #records: readonly SqsRecord[];
  readonly #options: BatchOptions;
  readonly #controller = new AbortController();
  readonly #started = performance.now();
  /** The records that may be deleted. */
  readonly #done = new Set<SqsRecord>();

  constructor(records: readonly SqsRecord[], options: BatchOptions) {
    this.#records = records;
    this.#options = options;
  }

  async run(): Promise<{ itemIdentifier: string }[]> {
    const { concurrency } = this.#options;
    const lines = linesOf(this.#records);
    const workers = Array.from({ length: Math.min(concurrency, lines.length) }, () => this.#work(lines));
    await this.#inTime(Promise.all(workers));
    return this.#records
      .filter((record) => !this.#done.has(record))
      .map(({ messageId }) => ({ itemIdentifier: messageId }));
  }

  /** Handles lines until none are left. Once the signal aborts, the rest is skipped. */
  async #work(lines: SqsRecord[][]): Promise<void> {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      for (const record of line) {
        // Later messages of its group must not run before a message that failed.
        if (!(await this.#handle(record))) break;
      }
    }
  }

  async #handle(record: SqsRecord): Promise<boolean> {
    const { messageId: id, body: text } = record;
    const attributes = record.attributes ?? {};
    const { margin, receiverOf } = this.#options;
    const left = this.#left;
    const sent = Number(attributes['SentTimestamp']);
    const texts = Object.entries(record.messageAttributes ?? {}).flatMap(([name, attribute]) =>
      typeof attribute?.stringValue === 'string' ? [[name, attribute.stringValue] as const] : [],
    );
    const verdict = await receiverOf(queueOf(record))({
      text,
      id,
      attempt: Number(attributes['ApproximateReceiveCount']) || 1,
      time: sent > 0 ? new Date(sent) : undefined,
      attributes: Object.fromEntries(texts),
      signal: this.#controller.signal,
      // The lease ends with the function's time, because another function may get the message then.
      lease: left === undefined ? undefined : { ms: Math.max(left, 1) },
      budget: left === undefined ? undefined : Math.min(Math.max(left - margin, 0), 2 ** 31 - 1),
    });
    const isDone = verdict === 'acknowledge';
    if (isDone) this.#done.add(record);
    return isDone;
  }

  /** The time that is left now, in ms. */
  get #left(): number | undefined {
    const { left } = this.#options;
    return left === undefined ? undefined : left - (performance.now() - this.#started);
  }

  /** Waits for work. Aborts it before the time runs out, and then waits for half of what is left. */
  async #inTime(work: Promise<unknown>): Promise<void> {
    const { left, margin } = this.#options;
    if (left === undefined) return void (await work);
    const timers: ReturnType<typeof setTimeout>[] = [];
    const over = new Promise<void>((resolve) => {
      const reason = new EventsError('TIMED_OUT', 'The time of the Lambda function is nearly over.');
      timers.push(
        setTimeout(() => this.#controller.abort(reason), Math.max(left - margin, 0)),
        setTimeout(resolve, Math.max(left - margin / 2, 0)),
      );
    });
    await Promise.race([work, over]);
    for (const timer of timers) clearTimeout(timer);
  }
}

function queueOf({ eventSourceARN }: SqsRecord): string {
  return eventSourceARN.split(':').at(-1) ?? '';
}

/** Returns the lines to handle in order: one for each FIFO group, and one for each other message. */
function linesOf(records: readonly SqsRecord[]): SqsRecord[][] {
  const lines: SqsRecord[][] = [];
  const byGroup = new Map<string, SqsRecord[]>();
  for (const record of records) {
    const group = record.attributes?.['MessageGroupId'];
    // Standard queues have groups too, but those say nothing about the order.
    const isOrdered = group !== undefined && record.eventSourceARN.endsWith('.fifo');
    const line = isOrdered ? byGroup.get(group) : undefined;
    if (line !== undefined) line.push(record);
    else {
      const started = [record];
      lines.push(started);
      if (isOrdered) byGroup.set(group, started);
    }
  }
  return lines;
}
