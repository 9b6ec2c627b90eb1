/** A worker in a process of its own, with any broker, for tests that end it. */
import { appendFileSync } from 'node:fs';
import type { Bus } from '../../src/index.ts';
import { deliveryKey, type DedupeStore, type QueueConsumer } from '../../src/queue/index.ts';
import { SqliteStore } from './sqlite-store.ts';
import { e } from './worker.ts';

/** The options that the test gives the process. */
export interface ProcessOptions {
  /** A file that gets one line for each run of a listener, so that the lines outlive the process. */
  readonly ledger: string;
  /** How long the listener takes, in ms. */
  readonly takes: number;
  readonly concurrency: number;
  /** The time for which a message is leased, in seconds. */
  readonly lease: number;
  /** How long `run` may take to end, in ms. */
  readonly timeout?: number;
  /** A file of SQLite, and whether the effect and its mark are one transaction. */
  readonly store?: { readonly path: string; readonly inTransaction: boolean };
}

/** Reads the options of this process, with those that its broker needs. */
export function readOptions<Where>(): ProcessOptions & { readonly where: Where } {
  return JSON.parse(process.argv[2]!) as ProcessOptions & { readonly where: Where };
}

/** Makes the bus of this process, runs a consumer for it, and writes `up`. Resolves when a signal has ended it. */
export async function runWorker(
  { ledger, takes, concurrency, timeout, store: storeOptions }: ProcessOptions,
  consumerOf: (
    bus: Bus<(typeof e)['~types']>,
    options: { readonly dedupe: DedupeStore | undefined; readonly concurrency: number },
  ) => QueueConsumer,
): Promise<void> {
  const write = (line: string) => appendFileSync(ledger, `${line}\n`);
  const dedupe = storeOptions && new SqliteStore(storeOptions.path);
  const router = e.router();
  router.on(
    'order.placed',
    async ({ event, listener, ctx }) => {
      await new Promise((resolve) => setTimeout(resolve, takes));
      if (storeOptions?.inTransaction === true) {
        dedupe!.completeWithEffect(deliveryKey(event, listener), event.payload.id);
      } else {
        write(`order ${event.payload.id}`);
        ctx.dispatch('mail.sent', { to: event.payload.id });
      }
    },
    { name: 'ship' },
  );
  router.on('mail.sent', ({ event }) => write(`mail ${event.payload.to} ${event.id}`), { name: 'mail' });
  const running = consumerOf(e.bus({ handlers: [router] }), { dedupe, concurrency }).run({ timeout });
  process.stdout.write('up\n');
  await running;
}
