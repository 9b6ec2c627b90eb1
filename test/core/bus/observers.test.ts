import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import type { AnyEvent, EventHandler, EventObserver, Outcome, ScopeInfo } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

const boom = new Error('boom');
const show = (events: readonly AnyEvent[]) => events.map(({ payload }) => String(payload)).join('+');

/** Makes an observer that logs every hook. */
function recorder(name = 'recorder') {
  const log: string[] = [];
  const scopes: ScopeInfo[] = [];
  const wrap = async (what: string, run: () => Promise<Outcome>) => {
    log.push(`${what} begins`);
    const outcome = await run();
    log.push(`${what} ends: ${outcome.ok ? 'ok' : String(outcome.error)}`);
  };
  const observer: Required<EventObserver> = {
    name,
    attached: () => {},
    scopeOpened: (scope) => void (scopes.push(scope), log.push(`opened ${scope.kind} ${scope.path}`)),
    scopeSettled: (scope, { ok }) => {
      expect(scopes).toContain(scope);
      log.push(`settled ${scope.kind} ${scope.path}: ${ok}`);
    },
    responseSent: (scope) => void log.push(`sent ${scope.path}`),
    responseUnknown: (scope, { isDirect }) =>
      void log.push(`${isDirect ? 'direct' : 'no response'} ${scope.path}`),
    dispatched: (event, { when, scope, attempt }) => {
      const where = attempt === undefined ? (scope?.kind ?? 'nothing') : `attempt of ${attempt.listener}`;
      log.push(`dispatched ${event.payload as string} in ${where} when ${when}`);
    },
    discarded: (event, { reason }) => void log.push(`discarded ${event.payload as string}: ${reason}`),
    unhandled: (event) => void log.push(`unhandled ${event.payload as string}`),
    backedOff: ({ listener, attempt }, { delay }) =>
      void log.push(`${listener} backs off after attempt ${attempt}, ${delay} ms`),
    deadLettered: ({ listener, reason }) => void log.push(`dead letter of ${listener}: ${reason}`),
    refused: ({ code }) => void log.push(`refused ${code}`),
    errored: (error, { event, listener, attempt }) =>
      void log.push(`errored ${error.code} ${event?.payload as string} ${listener} ${attempt}`),
    wrapFlush: ({ events }, run) => wrap(`flush ${show(events)}`, run),
    wrapAttempt: ({ listener, events, attempt }, run) =>
      wrap(`attempt ${attempt} of ${listener} on ${show(events)}`, run),
    wrapSend: ({ forwarder }, run) => wrap(`send ${forwarder}`, run),
    wrapDelivery: ({ event, attempt }, run) => wrap(`delivery ${event.id}, attempt ${attempt}`, run),
  };
  return { observer, log, scopes };
}

it('An observer sees a call from its beginning to the end of its flush.', async () => {
  const { observer, log, scopes } = recorder();
  const router = e.router();
  router.on('cat.spotted', ({ event }) => (event.payload === 'b' ? Promise.reject(boom) : undefined), {
    name: 'mine',
  });
  const bus = e.bus({ handlers: [router], observers: [observer], onError: () => {} });
  const t = initTRPC.create();
  const procedures = t.router({
    spot: t.procedure.use(bus.middleware()).mutation(async ({ ctx }) => {
      ctx.dispatch('cat.spotted', 'a');
      await e.scope(async () => (e.dispatch('cat.spotted', 'c'), Promise.reject(boom))).catch(() => {});
      e.dispatch('cat.spotted', 'b', { when: 'settled' });
    }),
  });
  await t.createCallerFactory(procedures)({}).spot();
  expect(log).toEqual([
    'opened call spot',
    'dispatched a in call when success',
    'opened scope undefined',
    'dispatched c in scope when success',
    'settled scope undefined: false',
    'dispatched b in call when settled',
    'settled call spot: true',
    'discarded c: failed',
    'direct spot',
    'flush a+b begins',
    'attempt 1 of mine on a begins',
    'attempt 1 of mine on b begins',
    'attempt 1 of mine on a ends: ok',
    'errored LISTENER_FAILED b mine 1',
    'dead letter of mine: attempts',
    'attempt 1 of mine on b ends: Error: boom',
    'flush a+b ends: EventsError: The listener "mine" failed on "cat.spotted": Error: boom',
  ]);
  const [call, scope] = scopes;
  expect(call).toMatchObject({ kind: 'call', path: 'spot', type: 'mutation', parent: undefined });
  expect(scope).toMatchObject({ kind: 'scope', path: undefined, type: undefined });
  expect(scope!.parent).toBe(call);
});

it('An observer sees a delivery, its chain, unhandled events, and the attempt around dispatches and scopes.', async () => {
  const { observer, log, scopes } = recorder();
  const router = e.router();
  router.on(
    'cat.spotted',
    async ({ ctx }) => {
      ctx.dispatch('cache.cleared');
      await bus.scope(() => {});
    },
    { name: 'mine' },
  );
  const bus = e.bus({ handlers: [router], observers: [observer], unhandled: 'ignore' });
  await bus.deliver({ id: 'message', name: 'cat.spotted', payload: 'a', time: new Date(0) }, { attempt: 3 });
  expect(log).toEqual([
    'delivery message, attempt 3 begins',
    'flush a begins',
    'attempt 1 of mine on a begins',
    'dispatched undefined in attempt of mine when success',
    'opened scope undefined',
    'settled scope undefined: true',
    'flush undefined begins',
    'unhandled undefined',
    'attempt 1 of mine on a ends: ok',
    'flush undefined ends: ok',
    'flush a ends: ok',
    'delivery message, attempt 3 ends: ok',
  ]);
  expect(scopes[0]).toMatchObject({ parent: undefined, attempt: { listener: 'mine', attempt: 1 } });
});

it('An empty flush is not wrapped, and a publish opens no scope.', async () => {
  const { observer, log } = recorder();
  await using bus = e.bus({ handlers: [collector().handler], observers: [observer] });
  await bus.scope(() => {});
  expect(log).toEqual(['opened scope undefined', 'settled scope undefined: true']);
  log.length = 0;
  await bus.publish('cat.spotted', 'a');
  expect(log[0]).toBe('dispatched a in nothing when success');
  expect(log.filter((line) => line.includes('scope'))).toEqual([]);
});

it('A call of handleMany is one attempt with all its events.', async () => {
  const { observer, log } = recorder();
  const many: EventHandler = {
    name: 'many',
    handleMany: () => e.dispatch('user.created', { id: '1' }),
    events: 'cat.*',
  };
  await using bus = e.bus({ handlers: [many], observers: [observer], unhandled: 'ignore' });
  await bus.scope(({ dispatch }) => ['a', 'b'].forEach((payload) => dispatch('cat.spotted', payload)));
  expect(log).toContain('attempt 1 of many on a+b begins');
  expect(log).toContain('dispatched [object Object] in attempt of many when success');
});

it('The first observer is the outermost.', async () => {
  const log: string[] = [];
  const wraps = (name: string): EventObserver => {
    const wrap = async (run: () => Promise<Outcome>) => {
      log.push(`${name} in`);
      await run();
      log.push(`${name} out`);
    };
    return { name, wrapAttempt: (_, run) => wrap(run) };
  };
  const router = e.router().on('*', async () => {
    await turn();
    log.push('listener');
  });
  const bus = e.bus({ handlers: [router], observers: [wraps('first'), wraps('second')] });
  bus.observe(wraps('third'));
  await bus.publish('cat.spotted', 1);
  await turn();
  expect(log).toEqual([
    'first in',
    'second in',
    'third in',
    'listener',
    'third out',
    'second out',
    'first out',
  ]);
});

it('The dispatched hook returns the trace context of the event, and the first observer to give one counts.', async () => {
  const seen = collector();
  const gives = (name: string, context: object): EventObserver => ({ name, dispatched: () => context });
  const nothing: EventObserver = { name: 'nothing', dispatched: () => {} };
  await using bus = e.bus({
    handlers: [seen.handler],
    observers: [
      nothing,
      gives('state', { tracestate: 'first' }),
      gives('both', { traceparent: 'second', tracestate: 'second' }),
      gives('parent', { traceparent: 'third' }),
    ],
  });
  await bus.publish('cat.spotted', 1);
  await bus.scope(({ dispatch }) => dispatch('cat.spotted', 2));
  // A tracestate without a traceparent is no trace context.
  const trace = { traceparent: 'second', tracestate: 'second' };
  expect(seen.events).toMatchObject([trace, trace]);
});

it('bus.observe adds an observer to a running bus, and returns a function that removes it.', async () => {
  const { observer, log } = recorder();
  await using bus = e.bus({ handlers: [collector().handler] });
  await bus.publish('cat.spotted', 'before');
  const undo = bus.observe(observer);
  await bus.publish('cat.spotted', 'during');
  expect(log).toHaveLength(5);
  undo();
  undo();
  await bus.publish('cat.spotted', 'after');
  expect(log).toHaveLength(5);
});

it('An observer that was added twice must be removed twice.', async () => {
  let count = 0;
  const observer: EventObserver = { name: 'counter', dispatched: () => void count++ };
  await using bus = e.bus({ handlers: [collector().handler] });
  const undoOne = bus.observe(observer);
  const undoTwo = bus.observe(observer);
  await bus.publish('cat.spotted', 1);
  expect(count).toBe(2);
  undoOne();
  undoOne();
  await bus.publish('cat.spotted', 2);
  expect(count).toBe(3);
  undoTwo();
  await bus.publish('cat.spotted', 3);
  expect(count).toBe(3);
});

it('An observer sees the events of its own bus, and none of a bus of another builder.', async () => {
  const other = initEvents.create(defineEvents({ ping: unchecked<string>() }));
  const { observer, log } = recorder();
  await using bus = other.bus({ handlers: [], observers: [observer], unhandled: 'ignore' });
  await using quiet = e.bus({ handlers: [collector().handler] });
  await quiet.publish('cat.spotted', 'unseen');
  await bus.publish('ping', 'seen');
  expect(log).toContain('unhandled seen');
  expect(log.filter((line) => line.includes('unseen'))).toEqual([]);
});
