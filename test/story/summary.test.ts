/** Tests the shop's two figures about what happened after the answer, with real calls over HTTP. */
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { inline, type EventForwarder, type DeferStrategy } from '../../src/index.ts';
import { isOver, lineOf, summarize, type Call, type Story } from '../../src/story/index.ts';
import { anInspector, e, entriesOf } from '../inspector/inspected.ts';
import { start } from '../servers/start.ts';
import { callsOf, clock, entry, storyOf } from './told.ts';
import { gate } from '../setup/async.ts';

const from = { system: 'nats', destination: 'orders' };
const queue: EventForwarder = {
  name: 'queue',
  remote: true,
  local: false,
  events: 'mail.*',
  handle: (event, { send }) => send({ ...from, events: [event] }, () => Promise.resolve()),
};

/** Makes a shop whose listener is done when the gate opens. */
async function shop(defer?: DeferStrategy) {
  const inspector = anInspector();
  const held = gate();
  const handlers = e.router().on('user.created', () => held.promise, { name: 'greet' });
  const bus = e.bus({ handlers: [handlers, queue], observers: [inspector], ...(defer && { defer }) });
  const t = initTRPC.create();
  const procedure = t.procedure.use(bus.middleware());
  const router = t.router({
    signUp: procedure.mutation(() => e.dispatch('user.created', { id: 'ada' })),
    order: procedure.mutation(() => e.dispatch('mail.sent', { to: 'ada' })),
    fail: procedure.mutation(() => {
      e.dispatch('user.created', { id: 'ada' });
      throw new Error('no');
    }),
    list: procedure.query(() => []),
    rows: procedure.query(async function* () {
      for (let i = 0; i < 3; i++) {
        e.dispatch('user.created', { id: String(i) });
        yield i;
      }
    }),
  });
  const server = await start('standalone', router);
  const close = async () => {
    held.open();
    await server[Symbol.asyncDispose]();
    await bus.close();
  };
  return { inspector, held, server, bus, [Symbol.asyncDispose]: close };
}

async function callsWhen(
  { inspector }: { inspector: ReturnType<typeof anInspector> },
  isReady: (calls: readonly Call[]) => boolean,
): Promise<readonly Call[]> {
  for (;;) {
    const calls = await callsOf(inspector);
    if (calls.length > 0 && isReady(calls)) return calls;
  }
}

const areAnswered = (calls: readonly Call[]) => calls.every(({ answered }) => answered !== undefined);
const areOver = (calls: readonly Call[]) => isOver(calls, clock());

test('A listener that runs after the response is some ms later, first and in the end.', async () => {
  await using running = await shop();
  await running.server.client().signUp.mutate();
  const calls = await callsWhen(
    running,
    (all) => areAnswered(all) && lineOf(all[0]!, clock()).mark === 'running',
  );
  expect(isOver(calls, clock())).toBe(false);
  const { answered } = calls[0]!;
  expect(summarize(calls, { now: answered! + 120 })).toEqual({
    mark: 'running',
    words: 'greet is running',
    later: 120,
    figure: '120 ms later',
  });
  running.held.open();
  const after = await callsWhen(running, areOver);
  expect(summarize(after, { now: clock() + 60_000 })).toMatchObject({
    mark: 'succeeded',
    words: 'greet was done',
  });
  expect(summarize(after, { now: clock() + 60_000 }).later).toBeLessThan(60_000);
});

test('A listener that ran before the response made the caller wait.', async () => {
  await using running = await shop(inline());
  running.held.open();
  await running.server.client().signUp.mutate();
  const calls = await callsWhen(running, areOver);
  expect(summarize(calls, { now: clock() })).toMatchObject({
    figure: 'waited',
    words: 'the caller waited for greet',
  });
});

test('Events of a failed call are dropped.', async () => {
  await using running = await shop();
  await running.server
    .client()
    .fail.mutate()
    .catch(() => {});
  const calls = await callsWhen(running, areOver);
  expect(summarize(calls, { now: clock() })).toEqual({
    mark: 'dropped',
    figure: 'dropped',
    words: 'user.created: the call failed with INTERNAL_SERVER_ERROR',
  });
});

test('A stream counts the rows that are done.', async () => {
  await using running = await shop();
  running.held.open();
  for await (const _ of await running.server.client('httpBatchStreamLink').rows.query());
  const calls = await callsWhen(running, areOver);
  expect(summarize(calls, { now: clock(), rows: 5 })).toEqual({
    mark: 'succeeded',
    figure: '3 of 5',
    words: 'greet was done, for each row',
  });
});

test('An event in a queue is on its way, until another process has taken it.', async () => {
  await using running = await shop();
  await running.server.client().order.mutate();
  const isSent = (story: Pick<Story, 'calls'>) =>
    story.calls[0]?.events[0]?.runs[0]?.attempts[0]?.to !== undefined;
  const calls = await callsWhen(running, (all) => areAnswered(all) && isSent({ calls: all }));
  const now = calls[0]!.answered! + 1500;
  expect(isOver(calls, clock())).toBe(false);
  expect(summarize(calls, { now })).toMatchObject({
    mark: 'waiting',
    words: 'mail.sent is in the queue',
    figure: '1.5 s later',
  });
  expect(summarize(calls, { now, whyQueued: 'the worker is stopped' }).words).toBe(
    'mail.sent waits: the worker is stopped',
  );
  const entries = await entriesOf(running.inspector);
  const { root } = entries[0]!;
  const event = calls[0]!.events[0]!.id;
  const arrived = entry('arrived', clock(), { root, event, name: 'mail.sent', process: 'worker', number: 1 });
  const { calls: after } = storyOf([...entries, arrived]);
  expect(isOver(after, clock())).toBe(true);
  expect(summarize(after, { now }).words).toBe('mail.sent was taken from the queue');
});

test('A call that dispatched nothing has no event yet.', async () => {
  await using running = await shop();
  await running.server.client().list.query();
  expect(summarize(await callsWhen(running, areOver), { now: clock() })).toEqual({
    mark: 'waiting',
    words: 'no event yet',
  });
});
