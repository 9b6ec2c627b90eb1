/** Finds each row of the table of marks by its words, in what real buses tell a real inspector. */
import { initTRPC, TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { noRetry, type EventForwarder } from '../../src/index.ts';
import { describeAttempt } from '../../src/story/describe-run.ts';
import { barsOf, lineOf, rowsOf, type Call } from '../../src/story/index.ts';
import { anInspector, e, entriesOf } from '../inspector/inspected.ts';
import { start } from '../servers/start.ts';
import { axisOfCall, callsOf, clock, entry, linesOf, storyOf } from './told.ts';
import { gate } from '../setup/async.ts';

const timedOut = () => Object.assign(new Error('no route'), { code: 'ETIMEDOUT' });
const message = { id: 'm-1', name: 'mail.sent', payload: { to: 'ada' }, time: new Date() };
const from = { system: 'nats', destination: 'orders' };
const quiet = { onError: () => {}, unhandled: 'ignore' as const };
/** Masks times, because they depend on the machine. */
const untimed = (lines: readonly string[]) => lines.map((line) => line.replace(/\d[\d.]* m?s/g, 'T'));

test('An event says how many have handled it, and a listener that it runs, and for how long.', async () => {
  const inspector = anInspector();
  const held = gate();
  const handlers = e
    .router()
    .on('user.created', () => {}, { name: 'journal' })
    .on('user.created', () => {}, { name: 'greet' })
    .on('user.created', () => held.promise, { name: 'slow' });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector] });
  const done = bus.publish('user.created', { id: 'bob' });
  const [call] = await callsOf(inspector);
  const attempt = call!.events[0]!.runs.find(({ listener }) => listener === 'slow')!.attempts[0]!;
  expect(linesOf(call!, attempt.from + 1200)).toEqual([
    'succeeded publish | published',
    '  event user.created | 2 of 3 handled',
    '    succeeded journal | handled',
    '    succeeded greet | handled',
    '    running slow | running, 1.2 s',
  ]);
  expect(lineOf(call!, clock())).toMatchObject({ mark: 'running', events: ['event'], duration: undefined });
  held.open();
  await done;
  const [after] = await callsOf(inspector);
  expect(linesOf(after!)[1]).toBe('  event user.created | 3 of 3 handled');
  expect(lineOf(after!, clock())).toMatchObject({ mark: 'succeeded', duration: expect.any(Number) });
});

/** Makes an application with one procedure for each way to end. */
function shop(inspector: ReturnType<typeof anInspector>) {
  const held = gate();
  const handlers = e.router().on('user.created', () => {}, { name: 'greet' });
  const bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  const t = initTRPC.create();
  const procedure = t.procedure.use(bus.middleware());
  const router = t.router({
    signUp: procedure.mutation(() => e.dispatch('user.created', { id: 'ada' })),
    slow: procedure.mutation(async () => {
      e.dispatch('user.created', { id: 'ada' });
      await held.promise;
    }),
    conflict: procedure.mutation(() => {
      e.dispatch('user.created', { id: 'ada' });
      throw new TRPCError({ code: 'CONFLICT', message: 'taken' });
    }),
    late: procedure.mutation(
      ({ ctx: { dispatch } }) => void setTimeout(() => dispatch('user.created', { id: 'late' }), 40),
    ),
    list: procedure.query(() => []),
    rows: procedure.query(async function* () {
      for (let i = 0; i < 3; i++) {
        e.dispatch('user.created', { id: String(i) });
        yield i;
      }
    }),
  });
  return { bus, router, held };
}

async function onlyCall(
  inspector: ReturnType<typeof anInspector>,
  isReady: (call: Call) => boolean,
): Promise<Call> {
  for (;;) {
    const [call] = await callsOf(inspector);
    if (call !== undefined && isReady(call)) return call;
  }
}

const hasEnded = ({ answered }: Call) => answered !== undefined;

test('A call that succeeded says so, and its event is handled.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  await using server = await start('standalone', router);
  await server.client().signUp.mutate();
  await bus.drain();
  const call = await onlyCall(inspector, hasEnded);
  expect(linesOf(call)).toEqual([
    'succeeded signUp | succeeded',
    '  event user.created | 1 of 1 handled',
    '    succeeded greet | handled',
  ]);
  const { response } = axisOfCall(call);
  expect(response.words).toMatch(/^response sent, [\d.]+ m?s$/);
  const [attempt] = barsOf(rowsOf(call)[2]!, clock());
  expect(axisOfCall(call).bar(attempt!.from, attempt!.to).x).toBeGreaterThanOrEqual(response.x!);
  expect(lineOf(call, clock())).toMatchObject({ mark: 'succeeded', name: 'signUp', isQuiet: false });
  await bus.close();
});

test('An event waits for the response while its call runs.', async () => {
  const inspector = anInspector();
  const { bus, router, held } = shop(inspector);
  await using server = await start('standalone', router);
  const answer = server.client().slow.mutate();
  const call = await onlyCall(inspector, ({ events }) => events.length > 0);
  expect(untimed(linesOf(call))).toEqual([
    'running slow | running, T',
    '  waiting user.created | waits for the response',
  ]);
  expect(lineOf(call, clock()).mark).toBe('waiting');
  held.open();
  await answer;
  await bus.close();
});

test('Events of a failed call are dropped, and the row says with what the call failed.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  await using server = await start('standalone', router);
  await expect(server.client().conflict.mutate()).rejects.toThrow('taken');
  const call = await onlyCall(inspector, hasEnded);
  expect(linesOf(call)).toEqual([
    'failed conflict | failed: CONFLICT',
    '  dropped user.created | dropped: the call failed with CONFLICT',
  ]);
  expect(lineOf(call, clock())).toMatchObject({ mark: 'failed', events: ['dropped'] });
  await bus.close();
});

test('An event that is dispatched after the end of its call is late, and says by how much.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  await using server = await start('standalone', router);
  await server.client().late.mutate();
  const call = await onlyCall(inspector, ({ events }) => events.length > 0);
  expect(untimed(linesOf(call))[1]).toBe('  late user.created | dispatched T after the call had ended');
  expect(lineOf(call, clock()).events).toEqual(['late']);
  await bus.close();
});

test('A plain query that dispatched nothing is quiet.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  await using server = await start('standalone', router);
  await server.client().list.query();
  expect(lineOf(await onlyCall(inspector, hasEnded), clock())).toMatchObject({
    isQuiet: true,
    mark: 'succeeded',
  });
  await bus.close();
});

test('A listener that waits for its next attempt says which, of how many, and when.', async () => {
  const inspector = anInspector();
  let attempts = 0;
  const handlers = e.router().on(
    'user.created',
    () => {
      if (++attempts < 3) throw timedOut();
    },
    { name: 'mail', retry: { attempts: 5, minDelay: 300, jitter: 0 } },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  const done = bus.publish('user.created', { id: 'ada' });
  const call = await onlyCall(inspector, ({ events }) => events[0]?.runs[0]?.attempts[0]?.to !== undefined);
  const [first] = call.events[0]!.runs[0]!.attempts;
  expect(linesOf(call, first!.to! + 100)[2]).toBe('    waiting mail | attempt 2 of 5 in 200 ms');
  expect(linesOf(call, first!.to! + 400)[2]).toBe('    waiting mail | waits its turn');
  expect(describeAttempt(first!, clock())).toEqual({
    mark: 'retrying',
    name: 'attempt 1 of 5',
    words: 'failed: ETIMEDOUT',
  });
  expect(lineOf(call, first!.to! + 100).mark).toBe('waiting');
  await done;
  const [after] = await callsOf(inspector);
  expect(linesOf(after!).slice(1)).toEqual([
    '  event user.created | 1 of 1 handled',
    '    succeeded mail | handled, attempt 3 of 5',
  ]);
});

test.for([
  ['gave up after 2 attempts: ETIMEDOUT', { attempts: 2, minDelay: 1 }, timedOut],
  ['gave up: no time left for another attempt', { attempts: 5, minDelay: 60_000 }, timedOut],
  ['gave up, since it is not to be tried again: ETIMEDOUT', { attempts: 2 }, () => noRetry(timedOut())],
  ['failed: ETIMEDOUT', undefined, timedOut],
] as const)('A listener that fails for good: %s', async ([words, retry, thrown]) => {
  const inspector = anInspector();
  const fail = () => {
    throw thrown();
  };
  const handlers = e.router().on('mail.sent', fail, { name: 'mail', ...(retry && { retry }) });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  await bus.deliver(message, { from, budget: 10_000 });
  const [call] = await callsOf(inspector);
  expect(linesOf(call!).slice(1)).toEqual([
    '  event mail.sent | 0 of 1 handled, 1 failed',
    '    arrived mail.sent | from orders',
    `      failed mail | ${words}`,
  ]);
  expect(lineOf(call!, clock()).mark).toBe('failed');
});

test('A listener that waits for a slot, or for its turn in a flush, leaves its event waiting.', async () => {
  const inspector = anInspector();
  const held = gate();
  const handlers = e.router().on('user.created', () => held.promise, { name: 'slow', concurrency: 1 });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  const first = bus.publish('user.created', { id: 'ada' });
  const second = bus.publish('user.created', { id: 'bob' });
  const [, call] = await callsOf(inspector);
  expect(linesOf(call!)[1]).toBe('  waiting user.created | waits its turn');
  held.open();
  await Promise.all([first, second]);
});

test('An event that nobody takes says so.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], ...quiet });
  await bus.publish('user.created', { id: 'ada' });
  const [call] = await callsOf(inspector);
  expect(linesOf(call!)[1]).toBe('  unhandled user.created | nobody takes it');
  expect(lineOf(call!, clock()).mark).toBe('unhandled');
});

test('A sent event says where to, and an arrived one where from, and how long it was in the queue.', async () => {
  const inspector = anInspector();
  const queue: EventForwarder = {
    name: 'queue',
    remote: true,
    local: false,
    handle: (event, { send }) => send({ ...from, events: [event] }, () => Promise.resolve()),
  };
  await using web = e.bus({ handlers: [queue], observers: [inspector] });
  const { event } = await web.publish('mail.sent', { to: 'ada' });
  const handlers = e
    .router()
    .on('mail.sent', () => e.dispatch('user.created', { id: 'bob' }), { name: 'ship' })
    .on('user.created', () => {}, { name: 'count' });
  await using worker = e.bus({ handlers: [handlers], observers: [inspector] });
  await worker.deliver(event, { from });
  await worker.deliver(event, { from, attempt: 2 });
  const [call] = await callsOf(inspector);
  expect(untimed(linesOf(call!))).toEqual([
    'succeeded publish | published',
    '  event mail.sent | 1 of 1 handled',
    '    sent queue | sent to orders',
    '    arrived mail.sent | from orders, T in the queue',
    '      succeeded ship | handled',
    // A redelivery dispatches the same event again.
    '        event user.created | 1 of 1 handled',
    '          succeeded count | handled',
    '    arrived mail.sent | from orders, delivery 2',
  ]);
});

test('A delivery whose sender is not known, and a refused message, stand for themselves.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on('mail.sent', () => {}, { name: 'ship' });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  await bus.deliver(message, { from });
  await expect(bus.deliver({ ...message, id: 'm-2', payload: {} }, { from })).rejects.toThrow('mail.sent');
  await expect(bus.deliver({ ...message, id: 5 as never }, { from })).rejects.toThrow('id');
  // The second time, the message of an event that is known is broken.
  await expect(bus.deliver({ ...message, payload: {} }, { from })).rejects.toThrow('mail.sent');
  const calls = await callsOf(inspector);
  expect(linesOf(calls[0]!)).toEqual([
    'arrived mail.sent | delivered',
    '  event mail.sent | 1 of 1 handled',
    '    arrived mail.sent | from orders',
    '      succeeded ship | handled',
    "    refused mail.sent | refused: the payload doesn't fit mail.sent",
  ]);
  const refused = calls.slice(1).flatMap((call) => linesOf(call));
  expect(refused).toEqual([
    "refused ↘ mail.sent | refused: the payload doesn't fit mail.sent",
    expect.stringMatching(/^refused ↘ mail\.sent \| refused: .*id/),
  ]);
  expect(lineOf(calls.at(-1)!, clock()).mark).toBe('refused');
});

test('Work of a process that has ended is lost, until that process tells of it again.', async () => {
  const inspector = anInspector({ process: 'web of the lost' });
  const held = gate();
  const handlers = e.router().on('user.created', () => held.promise, { name: 'slow' });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector] });
  const done = bus.publish('user.created', { id: 'ada' });
  const entries = await entriesOf(inspector);
  // The end of a process, as the inspector of another process reports it.
  const lost = entry('lost', clock(), { process: 'web of the lost', root: 'run.9' });
  const [call] = storyOf([...entries, lost]).calls;
  expect(linesOf(call!)[2]).toBe('    lost slow | lost: the process ended');
  expect(lineOf(call!, clock()).mark).toBe('lost');
  held.open();
  await done;
  const story = storyOf([...entries, lost]);
  const later = (await entriesOf(inspector)).filter(({ id }) => !entries.some((known) => known.id === id));
  for (const it of [...later, lost]) story.add(it);
  expect(linesOf(story.calls[0]!)[2]).toBe('    succeeded slow | handled');
});

test('A stream says that it has ended, in place of a response that was sent.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  await using server = await start('standalone', router);
  for await (const _ of await server.client('httpBatchStreamLink').rows.query());
  const call = await onlyCall(inspector, hasEnded);
  expect(linesOf(call).filter((line) => line.includes('greet'))).toHaveLength(3);
  expect(lineOf(call, clock()).events).toEqual(['event', 'event', 'event']);
  expect(axisOfCall(call).response.words).toMatch(/^stream ended, [\d.]+ m?s$/);
  await bus.close();
});

test('If nobody can know when the response is sent, the axis has no line, and says why.', async () => {
  const inspector = anInspector();
  const { bus, router } = shop(inspector);
  const isKnown = ({ unanswered }: Call) => unanswered !== undefined;
  await using server = await start('ws', router);
  await server.client().signUp.mutate();
  const call = await onlyCall(inspector, isKnown);
  const { response } = axisOfCall(call);
  expect(response).toEqual({ words: "no response here: WebSocket, or a server that doesn't tell" });
  await router.createCaller({}).signUp();
  const [, direct] = await callsOf(inspector);
  expect(axisOfCall(direct!).response.words).toBe('no response here: called directly');
  await bus.publish('user.created', { id: 'ada' });
  expect(axisOfCall((await callsOf(inspector)).at(-1)!).response.words).toBe('no response here: a publish');
  await bus.close();
});

test('A listener that failed for good has handled its event once a redelivery has succeeded.', async () => {
  const inspector = anInspector();
  let runs = 0;
  const handlers = e.router().on(
    'mail.sent',
    () => {
      if (++runs === 1) throw timedOut();
    },
    { name: 'ship' },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], ...quiet });
  await bus.deliver(message, { from });
  const [failed] = await callsOf(inspector);
  expect(linesOf(failed!)[3]).toBe('      failed ship | failed: ETIMEDOUT');
  await bus.deliver(message, { from, attempt: 2 });
  const [call] = await callsOf(inspector);
  expect(linesOf(call!)[3]).toBe('      succeeded ship | handled');
  expect(lineOf(call!, clock()).mark).toBe('succeeded');
});
