import type { AnyEvent, HandleManyOptions } from '../../src/index.ts';
import type { ConformanceOptions } from '../../src/testing/index.ts';

const MAX_BATCH = 10;
const MAX_BYTES = 1000;

/**
 * A handler that sends events in batches to a post office of its own, which can be told to refuse or keep a letter.
 * Each step is a method of its own, so that a test can break only that step.
 */
export class Office {
  readonly name = 'office';
  readonly sent: string[][] = [];
  readonly refused = new Set<string>();
  readonly kept = new Map<string, Promise<void>>();
  protected isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  async handle(event: AnyEvent, options: HandleManyOptions): Promise<void> {
    const { failures } = await this.handleMany([event], options);
    if (failures.length > 0) throw failures[0]!.error;
  }

  handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
    // Flushes run one after the other, which keeps the order of a key over flushes that overlap.
    const done = this.#turn.then(() => this.post(events, options));
    this.#turn = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async post(events: readonly AnyEvent[], { signal, send }: HandleManyOptions) {
    const failures: { id: string; error: unknown }[] = [];
    for (let i = 0; i < events.length; i += this.maxBatch) {
      const batch: AnyEvent[] = [];
      for (const event of events.slice(i, i + this.maxBatch)) {
        try {
          await this.stamp(event, signal);
          batch.push(event);
        } catch (error) {
          failures.push({ id: event.id, error });
        }
      }
      if (batch.length > 0) await this.deliver(batch, send);
    }
    return { failures };
  }

  protected async deliver(events: readonly AnyEvent[], send: HandleManyOptions['send']): Promise<void> {
    await send({ system: 'post', destination: this.name, events }, () =>
      this.sent.push(events.map(({ id }) => id)),
    );
  }

  protected get maxBatch(): number {
    return MAX_BATCH;
  }

  protected async stamp({ id, payload }: AnyEvent, signal: AbortSignal): Promise<void> {
    if (JSON.stringify(payload).length > MAX_BYTES) throw new Error('It is too large');
    const kept = this.kept.get(id);
    if (kept !== undefined) await this.wait(kept, signal);
    if (this.refused.has(id)) throw new Error('It is refused');
  }

  protected async wait(kept: Promise<void>, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('It is aborted')), { once: true });
    });
    await Promise.race([kept, aborted]);
  }
}

/** The options that let the suite see and control what becomes of letters. */
export const officeOptions: ConformanceOptions<Office> = {
  received: ({ sent }) => sent,
  fail: ({ refused }, id) => void refused.add(id),
  hold({ kept }, id) {
    let release!: () => void;
    kept.set(id, new Promise((resolve) => (release = resolve)));
    return release;
  },
  capabilities: { ordered: true, abortable: true, sends: true, maxBatch: MAX_BATCH, maxBytes: MAX_BYTES },
};
