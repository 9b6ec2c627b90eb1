import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { pubsubForwarder, pubsubPush, type PubsubPushOptions } from '../../src/pubsub/index.ts';
import { memoryDedupe } from '../../src/queue/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { rejectionOf, thrownBy, untyped } from '../core/shop.ts';
import { PubsubServer } from '../servers/pubsub.ts';
import { ACCOUNT, AUDIENCE } from './google.ts';
import { e } from '../queue/worker.ts';
import { bodyOf, stage, textOf } from './push-stage.ts';
import { gate } from '../setup/async.ts';

vi.setConfig({ testTimeout: 30_000 });

const SECRET = 'a payload';
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const TEN = Array.from({ length: 10 }, (_, k) => k);

it('A message that is handled is answered with 204, and its delivery knows its subscription, message, attempt and trace.', async () => {
  const ids: string[] = [];
  const it = stage({ work: (id) => void ids.push(id) });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const body = bodyOf(textOf('o1'), { message: { attributes: { traceparent, n: 1 } }, deliveryAttempt: 3 });
  expect(await it.post(body)).toMatchObject({ status: 204, text: '' });
  expect(ids).toEqual(['o1']);
  expect(it.deliveries).toMatchObject([
    {
      attempt: 3,
      from: { system: 'gcp.pubsub', destination: 'orders-push', messageId: 'm-1' },
      event: { traceparent },
    },
  ]);
});

it('A message without an id or a time of its own has those of Pub/Sub.', async () => {
  const events: AnyEvent[] = [];
  const it = stage();
  it.router.on('order.placed', ({ event }) => void events.push(event));
  expect(await it.post(bodyOf(textOf('o1', { id: undefined, time: undefined })))).toMatchObject({
    status: 204,
  });
  expect(events).toMatchObject([{ id: 'm-1', time: new Date('2026-01-02T03:04:05.678Z') }]);
});

describe('Answers', () => {
  const cases: [
    string,
    number,
    () => ReturnType<typeof stage> | Promise<ReturnType<typeof stage>>,
    string?,
  ][] = [
    ['a listener has failed', 500, () => stage({ work: () => Promise.reject(new Error('down')) })],
    ['no event', 422, () => stage(), SECRET],
    ['another catalog’s event', 422, () => stage(), textOf('o1', { type: 'invoice.paid', data: SECRET })],
    ['a bad payload', 422, () => stage(), textOf('o1', { data: { id: [SECRET] } })],
    ['refused, where that is acknowledged', 204, () => stage({ push: { acknowledge: ['refused'] } }), SECRET],
    [
      'unknown, where that is acknowledged',
      204,
      () => stage({ push: { acknowledge: ['unknown'] } }),
      textOf('o1', { type: 'invoice.paid' }),
    ],
    ['the bus is closed', 503, async () => { const it = stage(); await it.bus.close(); return it; }], // prettier-ignore
    ['the bus is disabled', 503, () => { const it = stage(); it.bus.enabled = false; return it; }], // prettier-ignore
    ['a store that fails', 503, () => stage({ push: { dedupe: { ...memoryDedupe(), claim: () => { throw new Error('gone'); } } } })], // prettier-ignore
  ];
  it.each(cases)('%s: %i, one line, no payload', async (_, status, make, text = textOf('o1')) => {
    const it = await make();
    const answer = await it.post(bodyOf(text));
    expect(answer.status).toBe(status);
    if (status !== 204) expect(answer.text).toMatch(/^[^\n]{5,80}$/);
    expect(inspect([it.reports, answer.text], { depth: 9 })).not.toContain(SECRET);
  });

  it.each<[string, number, string]>([
    ['no JSON', 400, `{"message": ${SECRET}`],
    ['an empty body', 400, ''],
    ['a list', 400, '[]'],
    ['a bare event', 400, textOf('o1')],
    ['no subscription', 400, JSON.stringify({ message: { data: '', messageId: '1' } })],
    ['a subscription that is none', 400, bodyOf(textOf('o1'), { subscription: '../x' })],
    ['no message id', 400, bodyOf(textOf('o1'), { message: { messageId: undefined, message_id: 5 } })],
    ['data that is no text', 400, bodyOf(textOf('o1'), { message: { data: [SECRET] } })],
  ])('%s: %i', async (_, status, body) => {
    const it = stage();
    const answer = await it.post(body);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^[^\n]{5,80}$/);
    expect(it.texts).toHaveLength(1);
    expect(inspect([it.reports, answer.text], { depth: 9 })).not.toContain(SECRET);
  });

  it('a message without data, which has attributes only: 422', async () => {
    expect(await stage().post(bodyOf('', { message: { data: undefined } }))).toMatchObject({ status: 422 });
  });

  it.each(['GET', 'PUT', 'HEAD', 'OPTIONS'])('%s: 405, and what is allowed', async (method) => {
    const it = stage();
    const answer = await it.post(null, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(it.google.fetches).toBe(0);
  });

  it('another subscription: 403; one of a list: 204; of another project: 403', async () => {
    const it = stage({ push: { subscription: ['orders-push', 'projects/test/subscriptions/second'] } });
    const status = async (body: string) => (await it.post(body)).status;
    expect(await status(bodyOf(textOf('o1')))).toBe(204);
    expect(await status(bodyOf(textOf('o1'), { subscription: 'second' }))).toBe(204);
    expect(await status(bodyOf(textOf('o1'), { subscription: 'third' }))).toBe(403);
    const elsewhere = JSON.stringify({
      ...(JSON.parse(bodyOf(textOf('o1'))) as object),
      subscription: 'projects/other/subscriptions/second',
    });
    expect(await status(elsewhere)).toBe(403);
    expect(it.deliveries).toHaveLength(2);
    expect(it.texts[0]).toContain('"third"');
  });

  it('a store that fails is not called another process', async () => {
    const dedupe = { ...memoryDedupe(), claim: () => { throw new Error('gone'); } }; // prettier-ignore
    const { text } = await stage({ push: { dedupe } }).post(bodyOf(textOf('o1')));
    expect(text).toBe('the message is busy elsewhere, or the dedupe store has failed');
  });

  it('busy elsewhere: 503, and then what was done is skipped: 204', async () => {
    const { promise, open } = gate();
    const runs: string[] = [];
    const it = stage({ work: (id) => (runs.push(id), promise), push: { dedupe: memoryDedupe() } });
    const first = it.post(bodyOf(textOf('o1')));
    await vi.waitFor(() => expect(runs).toHaveLength(1), 10_000);
    expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 503 });
    open();
    expect(await first).toMatchObject({ status: 204 });
    expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 204 });
    expect(runs).toHaveLength(1);
  });
});

it('The claim of a message that is at work is extended, and ends soon after a crash.', async () => {
  vi.useFakeTimers();
  try {
    const calls: [string, number | undefined][] = [];
    const { promise, open } = gate();
    const dedupe = {
      claim: (_: string, ms: number) => (calls.push(['claim', ms]), 'run' as const),
      extend: (_: string, ms: number) => void calls.push(['extend', ms]),
      complete: () => void calls.push(['complete', undefined]),
      release() {},
    };
    const it = stage({ work: () => promise, push: { dedupe } });
    const answer = it.post(bodyOf(textOf('o1')));
    await vi.advanceTimersByTimeAsync(9000);
    open();
    expect(await answer).toMatchObject({ status: 204 });
    expect(calls).toEqual([
      ['claim', 9000],
      ['extend', 9000],
      ['extend', 9000],
      ['complete', undefined],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('The time for retries begins when the request comes, and not when its token and its body were read.', async () => {
  vi.useFakeTimers();
  try {
    let runs = 0;
    const it = stage();
    const retry = { attempts: 5, minDelay: 3000, factor: 1, jitter: 0 };
    it.router.on('order.placed', () => { runs++; throw new Error('down'); }, { name: 'flaky', retry }); // prettier-ignore
    // The certificates take 4 s, and the body takes 4 more.
    it.google.onFetch = () => (it.google.fetches === 1 ? later(4000) : undefined);
    const bytes = new TextEncoder().encode(bodyOf(textOf('o1')));
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      await later(4000);
      controller.enqueue(bytes);
      controller.close();
    };
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    const answer = it.post(body);
    await vi.advanceTimersByTimeAsync(9000);
    expect(runs).toBe(1);
    expect(await answer).toMatchObject({ status: 500 });
  } finally {
    vi.useRealTimers();
  }
});

it('A body over the limit is refused: by its length at once, and one that never ends as soon as it is too long.', async () => {
  const it = stage({ push: { maxBytes: 1000 } });
  let pulled = 0;
  let isCancelled = false;
  const endless = () =>
    new ReadableStream<Uint8Array>(
      {
        pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(300))),
        cancel: () => ((isCancelled = true), new Promise<void>(() => {})),
      },
      { highWaterMark: 0 },
    );
  expect(await it.post(endless(), { headers: { 'content-length': '1001' } })).toMatchObject({ status: 413 });
  expect(pulled).toBe(0);
  expect(await it.post(endless())).toMatchObject({ status: 413, text: 'the body is too large' });
  expect(pulled).toBe(4);
  expect(isCancelled).toBe(true);
  const small = bodyOf(textOf('o1'));
  expect(small.length).toBeLessThan(1000);
  expect(await it.post(small)).toMatchObject({ status: 204 });
});

it('The default limit takes the largest message of Pub/Sub, if its codec does.', async () => {
  const it = stage({ push: { codec: cloudEvents({ maxBytes: 10_000_000 }) } });
  const text = textOf('o1', { data: { id: 'o1', pad: 'x'.repeat(9_999_000) } });
  expect(await it.post(bodyOf(text))).toMatchObject({ status: 204 });
});

it('A body that breaks off is answered with 400.', async () => {
  const it = stage();
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error('aborted')),
  });
  expect(await it.post(broken)).toMatchObject({ status: 400, text: 'the body could not be read' });
});

it('When Pub/Sub gives up its request, the signal of the listeners aborts.', async () => {
  const controller = new AbortController();
  const aborted = new Promise<unknown>((resolve) => {
    const it = stage({
      work: (_, signal) =>
        new Promise<void>((done) => signal.addEventListener('abort', () => (resolve(signal.reason), done()))),
    });
    void it.post(bodyOf(textOf('o1')), { signal: controller.signal });
    void vi
      .waitFor(() => expect(it.deliveries).toHaveLength(1))
      .then(() => controller.abort(new Error('gone')));
  });
  expect(await aborted).toMatchObject({ message: 'gone' });
});

describe.each(TEN)('If message %i of ten fails,', (k) => {
  it.each([0, 1, 2])(
    'it alone is not acknowledged; with %i keys, which Pub/Sub pushes one by one.',
    async (keys) => {
      const runs: string[] = [];
      const failing = new Set([`o${k}`]);
      const it = stage({ work: (id) => { runs.push(id); if (failing.delete(id)) throw new Error('down'); } }); // prettier-ignore
      const push = async (n: number) =>
        (
          await it.post(
            bodyOf(textOf(`o${n}`), {
              message: { messageId: `m${n}`, orderingKey: keys > 0 ? `key-${n % keys}` : undefined },
            }),
          )
        ).status === 204;
      const acked: number[] = [];
      const lines =
        keys === 0
          ? TEN.map((n) => [n])
          : Array.from({ length: keys }, (_, key) => TEN.filter((n) => n % keys === key));
      // Pub/Sub sends a message of a key until it is acknowledged, and then the next.
      await Promise.all(
        lines.map(async (line) => {
          for (let at = 0; at < line.length;) {
            if (!(await push(line[at]!))) continue;
            acked.push(line[at]!);
            at++;
          }
        }),
      );
      expect(acked.toSorted((a, b) => a - b)).toEqual(TEN);
      expect(runs).toHaveLength(11);
      for (const line of lines) {
        const expected = line.flatMap((n) => (n === k ? [`o${n}`, `o${n}`] : [`o${n}`]));
        expect(runs.filter((id) => expected.includes(id))).toEqual(expected);
      }
    },
  );
});

it('A message whose chained event could not be handled is sent again, and chains the same id.', async () => {
  const ids: string[] = [];
  const it = stage();
  it.router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
  it.router.on('mail.sent', ({ event }) => { ids.push(event.id); if (ids.length === 1) throw new Error('down'); }, { name: 'mail' }); // prettier-ignore
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 500 });
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 204 });
  expect(ids).toEqual([ids[0], ids[0]]);
});

it('A message whose chained send fails is sent again, and sends the same id again.', async () => {
  await using server = await PubsubServer.start();
  server.createTopic('mails');
  server.faults.failNext('publish', 'PERMISSION_DENIED');
  const mails = pubsubForwarder({ topic: 'mails', events: 'mail.sent', client: server.client() });
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent', { to: 'a' }), { name: 'tell' });
  const it = stage({ bus: { handlers: [router, mails] } });
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 500 });
  expect(await it.post(bodyOf(textOf('o1')))).toMatchObject({ status: 204 });
  const requests = server.requests.filter(({ operation }) => operation === 'publish');
  const sent = requests.map(({ input }) => (JSON.parse(String(input.messages![0]!.data)) as AnyEvent).id);
  expect(sent).toEqual([sent[0], sent[0]]);
  await it.bus.close();
});

it.each<[object, string]>([
  [{}, 'pubsubPush: it needs audience'],
  [{ audience: AUDIENCE }, 'pubsubPush: it needs serviceAccount, the email of a service account'],
  [{ serviceAccount: ACCOUNT }, 'pubsubPush: it needs audience, the audience of the tokens'],
  [{ audience: [], serviceAccount: ACCOUNT }, 'pubsubPush: audience must be'],
  [{ audience: AUDIENCE, serviceAccount: 'push' }, 'pubsubPush: serviceAccount must be the email'],
  [{ audience: AUDIENCE, serviceAccount: [ACCOUNT, 5] }, 'pubsubPush: serviceAccount must be'],
  [{ subscription: 'projects/x' }, 'pubsubPush: subscription must be the name of a subscription'],
  [{ maxBytes: 0 }, 'pubsubPush: maxBytes must be a positive integer'],
  [{ auth: {} }, 'pubsubPush: auth must be an OAuth2Client of google-auth-library'],
  [{ audience: AUDIENCE, serviceAccount: ACCOUNT, acknowledge: ['failed'] }, 'would lose events'],
  [{ accounts: ACCOUNT }, 'pubsubPush has no option "accounts".'],
])('pubsubPush(bus, %j) is refused.', (options, text) => {
  const bus = e.bus({ handlers: [e.router()] });
  expect(thrownBy(() => untyped(pubsubPush)(bus, options))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(text),
  });
});

it("An argument that is not a Request, such as Express's, is a clear error.", async () => {
  const bus = e.bus({ handlers: [e.router()], onError: () => {} });
  const options: PubsubPushOptions = { audience: AUDIENCE, serviceAccount: ACCOUNT };
  expect(await rejectionOf(untyped(pubsubPush(bus, options))({ method: 'POST', headers: {} }))).toMatchObject(
    {
      code: 'BAD_OPTION',
      message: expect.stringContaining('takes a Request'),
    },
  );
});
