import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  type BusOptions,
  type DeadLetter,
  type DeliveryInfo,
  type ErrorReport,
} from '../../src/index.ts';
import { receiver, type ReceivedMessage, type ReceiverOptions } from '../../src/queue/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { thrownBy, untyped } from '../core/shop.ts';
import { BAD, SECRET, textOf, UNKNOWN, VERDICTS } from './verdicts.ts';

const e = initEvents.create(
  defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.object({ to: z.string() }) }),
);
type Options = Partial<BusOptions<(typeof e)['~types']>>;
const where = { name: 'worker', system: 'memory', destination: 'orders' };
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Makes a worker whose listener runs `work`, and its receiver. */
function worker({
  work = () => {},
  options,
  bus: busOptions,
}: { work?: () => unknown; options?: Partial<ReceiverOptions>; bus?: Options } = {}) {
  const reports: ErrorReport[] = [];
  const deliveries: DeliveryInfo[] = [];
  const router = e.router().on('order.placed', work, { name: 'ship' });
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    observers: [{ name: 'sees', wrapDelivery: (info, run) => (deliveries.push(info), void run()) }],
    unhandled: 'ignore',
    ...busOptions,
  });
  return { bus, router, reports, deliveries, receive: receiver(bus, { ...where, ...options }) };
}

const message = (over: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  text: textOf(),
  id: 'm-1',
  ...over,
});

const down = () => Promise.reject(new Error('down'));
it.each(VERDICTS)(
  'A message $what has the verdict $verdict.',
  async ({ text, isDown, acknowledge, bus, verdict }) => {
    const { receive } = worker({
      ...(isDown === true && { work: down }),
      options: { acknowledge },
      bus: bus ?? {},
    });
    expect(await receive(message({ text }))).toBe(verdict);
  },
);

it('A closed bus and a disabled one give the message back at once, and report nothing.', async () => {
  const closed = worker();
  await closed.bus.close();
  expect(await closed.receive(message())).toBe('release');
  const disabled = worker();
  disabled.bus.enabled = false;
  expect(await disabled.receive(message())).toBe('release');
  expect([...closed.reports, ...disabled.reports]).toEqual([]);
});

it('A refusal is reported once, with its code, the consumer and the message, and without the payload.', async () => {
  const { receive, reports } = worker();
  for (const text of [SECRET, BAD, UNKNOWN]) await receive(message({ text }));
  expect(reports.map(({ error }) => error.code)).toEqual(['BAD_MESSAGE', 'BAD_MESSAGE', 'UNKNOWN_EVENT']);
  for (const { error } of reports) {
    expect(error.message).toMatch(/^worker, message m-1: /);
    expect(error.message).not.toContain(SECRET);
  }
  expect(receive.counts).toEqual({ received: 3, acknowledged: 0, failed: 0, refused: 3, skipped: 0 });
});

it('Whatever a codec throws is reported, and the message is left.', async () => {
  const codec = { encode: () => '', decode: () => Promise.reject(new Error('async')) as never };
  const throwing = { encode: () => '', decode: () => { throw new TypeError('broken'); } }; // prettier-ignore
  for (const [given, code] of [
    [codec, 'BAD_MESSAGE'],
    [throwing, 'BAD_MESSAGE'],
  ] as const) {
    const { receive, reports } = worker({ options: { codec: given } });
    expect(await receive(message())).toBe('leave');
    expect(reports).toMatchObject([{ error: { code } }]);
    expect(receive.counts.refused).toBe(1);
  }
});

it('An error of your own codec may quote the payload: neither it nor its text is reported.', async () => {
  const codec = { encode: () => '', decode: (text: string): never => JSON.parse(text) as never };
  const { receive, reports } = worker({ options: { codec, acknowledge: ['refused'] } });
  expect(await receive(message({ text: `card=${SECRET}` }))).toBe('acknowledge');
  expect(reports.map(({ error }) => error.message)).toEqual([
    'worker, message m-1: decode of its codec threw SyntaxError.',
  ]);
  expect(inspect(reports, { depth: 9 })).not.toContain(SECRET);
});

it("A fault of only the process is no reason to delete a message, even with acknowledge: ['refused'].", async () => {
  const builder = initEvents
    .context<{ db: object }>()
    .create(defineEvents({ 'order.placed': z.object({ id: z.string() }) }));
  const reports: ErrorReport[] = [];
  const bus = builder.bus({
    handlers: [builder.router().on('order.placed', () => {}, { name: 'ship' })],
    onError: (report) => void reports.push(report),
  });
  const receive = receiver(bus, { ...where, acknowledge: ['refused'] });
  expect(await receive(message())).toBe('release');
  expect(reports).toMatchObject([{ error: { code: 'NO_CONTEXT' } }]);
  expect(receive.counts).toEqual({ received: 1, acknowledged: 0, failed: 1, refused: 0, skipped: 0 });
});

it('With any codec, the trace context of the attributes counts where the text has none.', async () => {
  const envelope = { id: 'event', name: 'order.placed', payload: { id: '1' }, time: new Date() };
  const codec = { encode: () => '', decode: () => envelope };
  const { receive, deliveries } = worker({ options: { codec } });
  await receive(message({ attributes: { traceparent: TRACE, tracestate: 'a=b' } }));
  await receive(message({ attributes: { traceparent: 'none' } }));
  expect(deliveries.map(({ event }) => [event.traceparent, event.tracestate])).toEqual([
    [TRACE, 'a=b'],
    [undefined, undefined],
  ]);
});

it('A message whose signal has aborted is left, and no listener runs.', async () => {
  const work = vi.fn(() => {});
  const { receive } = worker({ work });
  expect(await receive(message({ signal: AbortSignal.abort() }))).toBe('leave');
  expect(work).not.toHaveBeenCalled();
});

it('The delivery knows its queue, its message, and how often it came; a text without id and trace gets the broker’s.', async () => {
  const { receive, deliveries } = worker();
  const time = new Date('2026-02-01T00:00:00Z');
  await receive(
    message({
      text: textOf({ id: undefined, time: undefined }),
      attempt: 3,
      time,
      attributes: { traceparent: TRACE },
    }),
  );
  expect(deliveries).toMatchObject([
    {
      attempt: 3,
      from: { system: 'memory', destination: 'orders', messageId: 'm-1' },
      event: { id: 'm-1', time, traceparent: TRACE },
    },
  ]);
});

it('The signal of a message aborts that of the listeners, and its budget ends their retries.', async () => {
  const controller = new AbortController();
  const router = e.router();
  router.on(
    'order.placed',
    ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    { name: 'waits' },
  );
  const bus = e.bus({ handlers: [router], onError() {} });
  const verdict = receiver(bus, where)(message({ signal: controller.signal }));
  controller.abort(new Error('lost'));
  expect(await verdict).toBe('retry');
  const attempts = vi.fn<() => Promise<never>>(down);
  const retrying = e
    .router()
    .on('order.placed', attempts, { name: 'again', retry: { attempts: 5, minDelay: 60_000 } });
  const second = e.bus({ handlers: [retrying], onError() {} });
  expect(await receiver(second, where)(message({ budget: 50 }))).toBe('retry');
  expect(attempts).toHaveBeenCalledTimes(1);
});

it('A message is kept if what its listener chained has failed, and delivered again it chains the same id.', async () => {
  const ids: string[] = [];
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'ship' });
  router.on('mail.sent', ({ event }) => (ids.push(event.id), ids.length === 1 ? down() : undefined), {
    name: 'mail',
  });
  const receive = receiver(e.bus({ handlers: [router], onError() {} }), where);
  expect([await receive(message()), await receive(message())]).toEqual(['retry', 'acknowledge']);
  expect(ids[0]).toBe(ids[1]);
});

it('A message that was acknowledged though it failed is a dead letter.', async () => {
  const letters: DeadLetter[] = [];
  const { receive } = worker({
    work: down,
    options: { acknowledge: ['failed'] },
    bus: { deadLetter: (letter) => void letters.push(letter) },
  });
  expect(await receive(message())).toBe('acknowledge');
  expect(letters).toMatchObject([{ listener: 'ship', event: { id: 'event' } }]);
  expect(receive.counts).toMatchObject({ received: 1, acknowledged: 1, failed: 1 });
});

describe('bad options', () => {
  const bus = e.bus({ handlers: [e.router()], unhandled: 'ignore' });
  it.each<[object, string]>([
    [{ ...where, name: undefined }, 'receiver needs name, system'],
    [{ ...where, system: undefined }, "receiver needs name, system (such as 'nats') and destination."],
    [{ ...where, destination: '' }, 'receiver: destination must be a text that is not empty, not "".'],
    [
      { ...where, acknowledge: ['all'] },
      "receiver: acknowledge must be a list of 'refused', 'unknown' and 'failed', not",
    ],
    [
      { ...where, acknowledge: ['failed'] },
      "worker: acknowledge: ['failed'] would lose events, because the bus has no deadLetter that keeps them.",
    ],
    [{ ...where, dedup: {} }, 'receiver has no option "dedup". Did you mean "dedupe"?'],
    [{ ...where, codec: 'json' }, 'receiver: codec must be a codec, such as cloudEvents(), not "json".'],
  ])('%j', (options, text) => {
    expect(thrownBy(() => untyped(receiver)(bus, options))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(text),
    });
  });
});

it('Hostile texts of any kind are left, and none stops the receiver.', async () => {
  const { receive } = worker();
  for (const text of ['', 'null', '[]', '{}', '{"__proto__":{}}', '\u0000', '{"specversion":"1.0"}'])
    expect(await receive(message({ text }))).toBe('leave');
  expect(
    await receive(
      message({
        text: cloudEvents().encode({
          ...JSON.parse(
            '{"id":"a","name":"order.placed","payload":{"id":"1"},"correlationId":"a","depth":0,"meta":{}}',
          ),
          time: new Date(),
        }),
      }),
    ),
  ).toBe('acknowledge');
});
