/** A worker that ships orders, for the tests of all consumers. */
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type AnyEvent,
  type Bus,
  type BusOptions,
  type ErrorReport,
} from '../../src/index.ts';
import type { QueueConsumer } from '../../src/queue/index.ts';

export const catalog = defineEvents({
  'order.placed': z.object({ id: z.string(), key: z.string().optional() }),
  'mail.sent': z.object({ to: z.string() }),
});
export const e = initEvents.create(catalog);
type App = (typeof e)['~types'];
export type Work = (id: string, tools: { signal: AbortSignal; key: string | undefined }) => unknown;

/** The options that a worker has for any broker. */
export interface CommonOptions {
  readonly work?: Work;
  readonly bus?: Partial<BusOptions<App>>;
}

/** Makes a router whose one listener runs `work`. */
export function shipping(work: Work) {
  return e
    .router()
    .on('order.placed', ({ event, signal }) => work(event.payload.id, { signal, key: event.payload.key }), {
      name: 'ship',
    });
}

/** Returns the texts of the reports that are not about a failed listener. */
export const textsOf = (reports: readonly ErrorReport[]): string[] =>
  reports.filter(({ error }) => error.code !== 'LISTENER_FAILED').map(({ error }) => error.message);

/** Makes a bus whose one listener runs `work`, and a consumer for it, and stops both at the end. */
export function shipper<Consumer extends QueueConsumer>(
  { work = () => {}, bus: busOptions }: CommonOptions,
  consumerOf: (bus: Bus<App>) => Consumer,
) {
  const reports: ErrorReport[] = [];
  const router = shipping(work);
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    unhandled: 'ignore',
    ...busOptions,
  });
  const consumer = consumerOf(bus);
  return {
    bus,
    router,
    reports,
    consumer,
    /** The texts of the reports that are not about a failed listener. */
    get texts() {
      return textsOf(reports);
    },
    async [Symbol.asyncDispose]() {
      await consumer.stop({ timeout: 3000 });
      await bus.close({ timeout: 1000 });
    },
  };
}

/** A message, in the parts that the tests set. */
export interface Order {
  readonly id: string;
  /** The ordering key, or the group. */
  readonly key?: string;
  readonly text?: string;
}

export function textOf(
  { id, key }: { readonly id: string; readonly key?: string },
  over: object = {},
): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    type: 'order.placed',
    source: '/shop',
    time: '2026-01-01T00:00:00Z',
    data: { id, key },
    ...over,
  });
}

export const orders = (count: number, key?: (i: number) => string): readonly Order[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `o${i}`,
    ...(key !== undefined && { key: key(i) }),
  }));

/** Returns the id of the order in a message, or the message itself if it has no order. */
export function orderIn(text: string): string {
  try {
    return (JSON.parse(text) as AnyEvent).id;
  } catch {
    return text;
  }
}
