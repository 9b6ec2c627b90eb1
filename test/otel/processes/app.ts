/** The code that the web process and the worker share. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../../src/index.ts';
import { registerSdk, type SpanRecord } from '../sdk.ts';

export const e = initEvents.create(
  defineEvents({
    'order.placed': z.object({ id: z.string(), items: z.array(z.string()) }),
    'cart.emptied': z.object({ cart: z.string() }),
    'mail.requested': z.object({ to: z.string() }),
    'order.shipped': z.object({ id: z.string() }),
  }),
);

/** The report that a process sends to the test when it ends. */
export interface Told {
  readonly spans: readonly SpanRecord[];
  /** The number of spans that have not ended. */
  readonly open: number;
  /** The events that its listeners got. */
  readonly events: readonly AnyEvent[];
}
/** The options that the test gives a process. */
export interface Given {
  readonly endpoint: string;
  readonly queueUrl: string;
}

export const given = JSON.parse(process.argv[2]!) as Given;

/** Registers the SDK with the instrumentation of HTTP, for servers and clients, before anything makes a request. */
export function startTracing() {
  const sdk = registerSdk();
  new HttpInstrumentation().enable();
  const require = createRequire(import.meta.url);
  // Instrumentations patch a module on `require`. ES modules import a copy of its exports, which must be synced then.
  for (const name of ['http', 'https']) require(name);
  syncBuiltinESMExports();
  return sdk;
}

/** Stops when the test says so, and then reports the spans and the events. */
export function untilStopped(
  sdk: ReturnType<typeof registerSdk>,
  events: AnyEvent[],
  stop: () => Promise<unknown>,
) {
  process.once('message', async () => {
    await stop();
    const told: Told = { spans: sdk.spans(), open: sdk.open, events };
    process.send!(told, () => process.disconnect());
  });
}
