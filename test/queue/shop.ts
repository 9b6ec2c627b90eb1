/** A shop that sends its orders, for the tests of all forwarders. */
import { expect } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type DeadLetter,
  type ErrorReport,
  type EventsError,
  type EventForwarder,
  type SendInfo,
} from '../../src/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { rejectionOf } from '../core/shop.ts';

export const catalog = defineEvents({
  'order.placed': z.object({ n: z.number(), text: z.string().optional(), at: z.date().optional() }),
  'order.shipped': z.object({ n: z.number() }),
});
export const e = initEvents.create(catalog);

const codec = cloudEvents();
/** Returns the `n` of the event in a message. */
export const numberIn = (message: Buffer | string | undefined): number =>
  (codec.decode(String(message)).payload as { n: number }).n;

/** Makes a bus that forwards everything, and records its errors, dead letters and sends. */
export function shopOf(forwarder: EventForwarder) {
  const errors: ErrorReport[] = [];
  const letters: DeadLetter[] = [];
  const sends: SendInfo[] = [];
  const bus = e.bus({
    handlers: [forwarder],
    onError: (report) => void errors.push(report),
    deadLetter: (letter) => void letters.push(letter),
    observers: [{ name: 'sends', wrapSend: (info, run) => (sends.push(info), void run()) }],
  });
  return {
    bus,
    errors,
    letters,
    sends,
    /** Returns the errors of the events that the forwarder gave up, by the numbers of the events. */
    failed: () =>
      new Map(
        errors.map(({ error, event }) => [(event!.payload as { n: number }).n, error.cause as EventsError]),
      ),
    /** Sends events of one flush. Resolves when the forwarder is done. */
    flush: (count: number, keyOf: (n: number) => string | undefined = () => undefined, from = 0) =>
      bus
        .scope(({ dispatch }) => {
          for (let n = from; n < from + count; n++) dispatch('order.placed', { n }, { key: keyOf(n) });
        })
        .then(() => bus.drain()),
  };
}

/** Returns what `verify` and a send say of the same mistake. */
export async function mistakesOf(
  forwarder: EventForwarder & { verify(): Promise<void> },
): Promise<readonly string[]> {
  const verified = (await rejectionOf(forwarder.verify())) as EventsError;
  expect(verified.code).toBe('SEND_FAILED');
  const bus = e.bus({ handlers: [forwarder], onError: () => {} });
  const { failures } = await bus.publish('order.placed', { n: 1 });
  await bus.close();
  const cause = failures[0]!.error.cause as EventsError;
  expect(cause.code).toBe('SEND_FAILED');
  return [verified.message, cause.message];
}

export const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
export const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);
