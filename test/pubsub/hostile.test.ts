import { expect, it } from 'vitest';
import type { AnyEvent, ErrorReport } from '../../src/index.ts';
import { pubsubConsumer, pubsubPush } from '../../src/pubsub/index.ts';
import { SCALE } from '../queue/scale.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from '../wire/hostile.ts';
import { e, messageOf, SECRET } from '../wire/hostile-shop.ts';
import { Random } from '../wire/random.ts';
import { ACCOUNT, AUDIENCE, Google } from './google.ts';
import { bodyOf } from './push-stage.ts';
import { until } from '../setup/async.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** `npm run test:faults` takes all. */
const COUNT = SCALE === 1 ? 10_000 : 600;

/** Messages that other programs may put into a topic. None is long, because messages that are left count toward the 100 MB that the client holds. */
const OTHERS = [
  // Cloud Storage and Cloud Scheduler.
  JSON.stringify({
    kind: 'storage#object',
    id: 'bucket/a/1',
    bucket: SECRET,
    timeCreated: '2026-01-01T00:00:00Z',
  }),
  'hello',
  '{}',
  JSON.stringify({
    specversion: '1.0',
    id: 'b',
    type: 'invoice.paid',
    source: '/billing',
    time: '2026-01-01T00:00:00Z',
    data: { of: SECRET },
  }),
];
/** A text without an id is none of the hostile ones here, because the id of the message counts then. */
const hasId = (text: string) => {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    return !text.startsWith('{') || (id !== undefined && id !== null);
  } catch {
    return true;
  }
};

function set() {
  const random = new Random(SEED);
  const bad = [
    ...OTHERS,
    ...Array.from({ length: COUNT }, () => hostileOf(random).text).filter(
      (text) => text.length > 0 && text.length < 2 ** 16 && hasId(text),
    ),
  ];
  const good = Array.from({ length: 20 }, () => JSON.stringify(messageOf(random)));
  const texts = [...bad];
  for (const [i, text] of good.entries()) texts.splice(Math.floor((i * bad.length) / good.length), 0, text);
  const seen: AnyEvent[] = [];
  const reports: ErrorReport[] = [];
  const bus = e.bus({
    handlers: [e.router().on('**', ({ event }) => void seen.push(event), { name: 'all' })],
    onError: (report) => void reports.push(report),
    meta: () => ({ tenant: 'none' }),
  });
  function check() {
    expect(seen).toHaveLength(good.length);
    expect(reports).toHaveLength(bad.length);
    for (const { error } of reports) {
      expect(['BAD_MESSAGE', 'UNKNOWN_EVENT']).toContain(error.code);
      expect(error.message).not.toContain(SECRET);
    }
  }
  return { bus, texts, bad, good, check };
}

it('A consumer runs no hostile message, and none of others, reports each without payload, and handles the good ones.', async () => {
  const { bus, texts, bad, good, check } = set();
  await using server = await PubsubServer.start();
  const subscription = server.subscribe('orders', 'worker', { ackDeadlineSeconds: 600 });
  for (const text of texts) server.publish('orders', text);
  // A message that is left takes a place until its deadline is over.
  const concurrency = Math.ceil(texts.length / 10);
  const consumer = pubsubConsumer(bus, { subscription: 'worker', client: server.client(), concurrency });
  await consumer.start();
  await until(() => consumer.status.received >= texts.length, 60_000);
  await until(() => consumer.status.acknowledged === good.length);
  check();
  await consumer.stop();
  expect(consumer.status).toMatchObject({ refused: bad.length, failed: 0, state: 'stopped' });
  expect(subscription.counts).toEqual({ waiting: bad.length, out: 0 });
  printFigure(`seed ${SEED}: ${bad.length} hostile messages refused, ${good.length} good ones handled`);
}, 120_000);

it('A push route refuses exactly the hostile ones, with 422 each.', async () => {
  const { bus, texts, bad, good, check } = set();
  const google = new Google();
  const handler = pubsubPush(bus, { audience: AUDIENCE, serviceAccount: ACCOUNT, auth: google.auth() });
  const headers = { authorization: `Bearer ${google.token()}` };
  const answers = new Map<number, number>();
  for (const [i, text] of texts.entries()) {
    const body = bodyOf(text, { message: { messageId: `m-${i}` } });
    const { status } = await handler(new Request(AUDIENCE, { method: 'POST', headers, body }));
    answers.set(status, (answers.get(status) ?? 0) + 1);
  }
  check();
  expect(Object.fromEntries(answers)).toEqual({ 204: good.length, 422: bad.length });
}, 120_000);

it('A push route answers whatever its body is, and runs nothing.', async () => {
  const random = new Random(SEED);
  const { bus, check } = set();
  const google = new Google();
  const handler = pubsubPush(bus, { audience: AUDIENCE, serviceAccount: ACCOUNT, auth: google.auth() });
  const headers = { authorization: `Bearer ${google.token()}` };
  for (let i = 0; i < COUNT; i++) {
    const body = hostileOf(random).text;
    const { status } = await handler(new Request(AUDIENCE, { method: 'POST', headers, body }));
    expect(status).toBe(400);
  }
  expect(check).toThrow('length');
}, 120_000);
