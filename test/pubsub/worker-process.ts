/**
 * A worker in a process of its own, for tests that end it. Writes one line for each run of a listener to a file, so that
 * the lines outlive it.
 */
import { appendFileSync } from 'node:fs';
import { initEvents } from '../../src/index.ts';
import { deliveryKey } from '../../src/queue/index.ts';
import { pubsubConsumer } from '../../src/pubsub/index.ts';
import { pubsubClient } from '../servers/pubsub.ts';
import { SqliteStore } from '../sqs/sqlite-store.ts';
import { catalog, withDeadline } from './worker.ts';

/** The options that the test gives the process. */
export interface ProcessOptions {
  readonly address: string;
  readonly ledger: string;
  /** How long the listener takes, in ms. */
  readonly takes: number;
  readonly concurrency: number;
  /** The deadline of a message, in seconds. */
  readonly deadline: number;
  /** How long `run` may take to end, in ms. */
  readonly timeout?: number;
  /** A file of SQLite, and whether the effect and its mark are one transaction. */
  readonly store?: { readonly path: string; readonly inTransaction: boolean };
}

const {
  address,
  deadline,
  ledger,
  takes,
  store: storeOptions,
  timeout,
  ...consumer
} = JSON.parse(process.argv[2]!) as ProcessOptions;
const write = (line: string) => appendFileSync(ledger, `${line}\n`);
const store = storeOptions && new SqliteStore(storeOptions.path);
const e = initEvents.create(catalog);
const router = e.router();
router.on(
  'order.placed',
  async ({ event, listener, ctx }) => {
    await new Promise((resolve) => setTimeout(resolve, takes));
    if (storeOptions?.inTransaction === true) {
      store!.completeWithEffect(deliveryKey(event, listener), event.payload.id);
    } else {
      write(`order ${event.payload.id}`);
      ctx.dispatch('mail.sent', { to: event.payload.id });
    }
  },
  { name: 'ship' },
);
router.on('mail.sent', ({ event }) => write(`mail ${event.payload.to} ${event.id}`), { name: 'mail' });
const bus = e.bus({ handlers: [router] });
const client = pubsubClient(address);
const running = pubsubConsumer(bus, {
  subscription: 'worker',
  client: withDeadline(client, deadline),
  dedupe: store,
  ...consumer,
}).run({ timeout });
process.stdout.write('up\n');
await running;
await client.close();
