import { expect, it } from 'vitest';
import { pubsubConsumer, pubsubPush } from '../../src/pubsub/index.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { COUNT, hostileSet, SEED } from '../queue/hostile.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from '../wire/hostile.ts';
import { SECRET } from '../wire/hostile-shop.ts';
import { Random } from '../wire/random.ts';
import { ACCOUNT, AUDIENCE, Google } from './google.ts';
import { bodyOf } from './push-stage.ts';
import { until } from '../setup/async.ts';

/** Messages of other programs. None is long, because messages that are left count toward the client's limit of 100 MB. */
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
const set = () => hostileSet(OTHERS, (text) => text.length > 0 && text.length < 2 ** 16);

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
  check(SECRET);
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
  check(SECRET);
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
  expect(() => check(SECRET)).toThrow('length');
}, 120_000);
