import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type DeferStrategy } from '../../src/index.ts';
import { bus, messagesOf } from './messages.ts';
import { catalog, e, untyped } from './shop.ts';
import { gate } from '../setup/async.ts';

const none = () => {};
const boom = new Error('boom');
const app = initEvents.context<{ db: string }>().create(catalog);

/** Returns the first error that a bus reports to onError while `act` uses the bus. */
async function reported(options: object, act: (bus: ReturnType<typeof e.bus>) => unknown): Promise<unknown> {
  const { promise, open } = gate<unknown>();
  await act(bus({ onError: ({ error }: { error: unknown }) => open(error), ...options }));
  return promise;
}

it('Errors of dispatching have these messages', async () => {
  const publish = untyped(bus().publish);
  const loop: unknown[] = [];
  loop.push({ loop });
  const later = initEvents.create(defineEvents({ later: z.string().refine(async () => true) }));
  const made = initEvents.meta(z.object({ tenant: z.string() })).create(catalog);
  expect(
    await messagesOf(
      () => e.dispatch('cat.spotted', 1),
      () => e.scope(none),
      () => publish('user.creatd', {}),
      () => publish('invoice.sent', {}),
      () => publish(undefined),
      () => publish('user.created', { id: 7 }),
      () => publish('user.created'),
      () => publish('user.created', [1]),
      () => publish('user.created', { id: '1' }, { wehn: 'success' }),
      () => publish('user.created', { id: '1' }, { key: 7 }),
      () => publish('cat.spotted', loop),
      () => publish('cat.spotted', 1, { meta: 'tenant' }),
      () => later.bus({ handlers: [] }).publish('later', 'a'),
      () => untyped(made.bus({ handlers: [], meta: () => ({ tenant: 't' }) }).publish)('cat.spotted', 1),
      () => app.bus({ handlers: [] }).publish('cat.spotted', 1),
      () =>
        bus({ limits: { perScope: 1 } }).scope(
          ({ dispatch }) => (dispatch('cat.spotted', 1), dispatch('cat.spotted', 2)),
        ),
      () => untyped(bus().scope)(),
      () => bus().deliver({ id: 'a', name: 'user.created', payload: {}, time: new Date() }),
      () => bus().deliver({ id: 'a', name: 'user.created', payload: { id: '1' }, time: 'soon' }),
      () => bus().deliver({ id: 'a', name: 'cat.spotted', time: new Date() }, { listener: 'colector' }),
    ),
  ).toMatchInlineSnapshot(`
    "
    NO_SCOPE  e.dispatch was called outside any scope of this e. In a procedure, add .use(bus.middleware()). In any other handler, use withEvents (in Next.js, the one of trpc-events/next). In a stream nested in a procedure's result, use ctx.dispatch. In a script or a job, use bus.publish for one event, or bus.scope around several.
    NO_SCOPE  e.scope was called outside any scope of this e. In a procedure, add .use(bus.middleware()). In any other handler, use withEvents (in Next.js, the one of trpc-events/next). In a stream nested in a procedure's result, use ctx.dispatch. In a script or a job, use bus.publish for one event, or bus.scope around several.
    UNKNOWN_EVENT  The catalog has no event "user.creatd". Did you mean "user.created"?
    UNKNOWN_EVENT  The catalog has no event "invoice.sent". Known are "user.created", "user.deleted", "order.placed", "cache.cleared", "cat.spotted".
    UNKNOWN_EVENT  An event is dispatched by its name, or as a value made by defineEvent, not by undefined.
    INVALID_PAYLOAD  The payload of "user.created" is not what its schema asks for, at id: Invalid input: expected string, received number
    INVALID_PAYLOAD  The payload of "user.created" is not what its schema asks for: Invalid input: expected object, received undefined (it got no payload)
    INVALID_PAYLOAD  The payload of "user.created" is not what its schema asks for: Invalid input: expected object, received array (it got an array)
    BAD_OPTION  bus.publish has no option "wehn". Known are "key", "meta".
    BAD_OPTION  bus.publish: key must be a text that is not empty, not 7.
    INVALID_PAYLOAD  The payload of "cat.spotted" contains itself, at [0].loop: it must be a tree. Send an id in place of the back reference.
    META_FAILED  The meta of an event must be an object, not "tenant".
    INVALID_PAYLOAD  The schema of the payload of "later" validates asynchronously (or, with zod, a function in it threw), and a dispatch can't wait: do its async work before the dispatch, or in a listener.
    META_FAILED  The meta of an event is not what its schema asks for, at tenant: Invalid input: expected string, received undefined
    NO_CONTEXT  "cat.spotted" comes from no procedure, and e.bus was given no createContext to make the ctx of its listeners: add \`createContext: ({ event }) => …\`, or give withEvents a \`context\`.
    LIMIT_EXCEEDED  A scope holds 1 events, which is limits.perScope. Dispatch one event that stands for many, or raise the limit.
    BAD_OPTION  bus.scope takes the function that it runs, not undefined.
    BAD_MESSAGE  An envelope is refused: the payload of "user.created" is not what its schema asks for, at id: it is missing (see \`issues\`).
    BAD_MESSAGE  An envelope is refused: its time must be a Date, or ISO 8601 text.
    BAD_OPTION  bus.deliver: no listener "colector" takes "cat.spotted" from a queue. Did you mean "collector"?
    "
  `);
});

it('Errors that onError gets have these messages', async () => {
  const fail = () => {
    throw boom;
  };
  const failing = { name: 'mine', handle: fail };
  const feedsItself = e.router();
  feedsItself.on('cat.spotted', ({ ctx }) => ctx.dispatch('cat.spotted', 1));
  const spot = (it: ReturnType<typeof e.bus>) => it.publish('cat.spotted', 1);
  const drop = (it: ReturnType<typeof e.bus>) =>
    it.scope(({ dispatch }) => dispatch('cat.spotted', 1, { when: 'failure' }));
  const callOf = (it: ReturnType<typeof e.bus>, meta: object = {}) => {
    const t = initTRPC.create();
    const spot = t.procedure
      .use(it.middleware())
      .mutation(({ ctx }) => (ctx.dispatch('cat.spotted', 1, meta), ctx.dispatch));
    return t.createCallerFactory(t.router({ spot }))({}).spot();
  };
  const freezing: DeferStrategy = {
    name: 'mine',
    open: (call) => void call.finished,
    start: (flush) => flush(),
  };
  const starting: DeferStrategy = { name: 'mine', start: fail };
  expect(
    await messagesOf(
      () => reported({ handlers: [failing] }, spot),
      () => reported({ handlers: [], unhandled: 'error' }, spot),
      () => reported({ handlers: [feedsItself], limits: { depth: 2 } }, spot),
      () => reported({ meta: fail }, (it) => callOf(it)),
      () => reported({ meta: async () => ({}) }, (it) => callOf(it)),
      () => reported({ onDiscard: fail }, drop),
      () => reported({ observers: [{ name: 'mine', dispatched: fail }] }, spot),
      () => reported({ observers: [{ name: 'mine', wrapAttempt: none }] }, spot),
      () => reported({ defer: starting }, (it) => callOf(it)),
      () => reported({ defer: freezing }, async (it) => (await callOf(it))('cat.spotted', 2)),
    ),
  ).toMatchInlineSnapshot(`
    "
    LISTENER_FAILED  The listener "mine" failed on "cat.spotted": Error: boom
    UNHANDLED  No handler takes "cat.spotted": register a listener, import the file that does, or set unhandled: 'ignore'.
    CHAIN_TOO_DEEP  An event is 3 listeners deep, and limits.depth is 2: cat.spotted → cat.spotted → cat.spotted → cat.spotted. Let a listener of this chain stop dispatching, or raise the limit.
    META_FAILED  meta threw Error: boom
    META_FAILED  meta threw Error: it returned a promise, and a dispatch cannot wait: do that work in createContext
    HOOK_FAILED  onDiscard threw Error: boom
    HOOK_FAILED  The observer mine, in dispatched, threw Error: boom
    HOOK_FAILED  The observer mine, in wrapAttempt, threw Error: it returned before it called run(): call it at once, not after an await
    HOOK_FAILED  The defer strategy mine threw Error: boom
    LATE_DISPATCH  "cat.spotted" was dispatched after its call had ended, where the platform may freeze the process: it may not be handled. Await what dispatches it.
    "
  `);
});

it('Errors of draining and closing have these messages', async () => {
  const { promise, open } = gate();
  const slow = { name: 'slow', handle: () => promise };
  const hanging = bus({ handlers: [slow], onError() {} });
  void hanging.publish('cat.spotted', 1);
  const closed = bus();
  await closed.close();
  const inListener = (wait: (it: ReturnType<typeof e.bus>) => Promise<void>) => async () => {
    const router = e.router();
    let result: unknown;
    router.on('cat.spotted', async () => (result = await wait(it).catch((error: unknown) => error)));
    const it = e.bus({ handlers: [router] });
    await it.publish('cat.spotted', 1);
    return result;
  };
  const tooSlow = bus();
  const stream = tooSlow.stream('*', { limit: 1 });
  await tooSlow.publish('cat.spotted', 1);
  await tooSlow.publish('cat.spotted', 2);
  expect(
    await messagesOf(
      () => hanging.drain({ timeout: 1 }),
      () => hanging.close({ timeout: 1 }),
      () => hanging.drain({ timeout: -1 }),
      inListener((it) => it.drain()),
      inListener((it) => it.close()),
      () => {
        const it = bus();
        return it.scope(() => it.close());
      },
      () => closed.publish('cat.spotted', 1),
      () => closed.scope(({ dispatch }) => dispatch('cat.spotted', 1)),
      () => stream.next(),
    ),
  ).toMatchInlineSnapshot(`
    "
    DRAIN_TIMEOUT  bus.drain waited 1 ms, and there still runs: slow on cat.spotted <id>.
    DRAIN_TIMEOUT  bus.close waited 1 ms, and there still runs: slow on cat.spotted <id>.
    BAD_OPTION  bus.drain: timeout must be a number of milliseconds, from 0 to 2147483647, not -1.
    SELF_WAIT  bus.drain was called in a listener, which it would wait for. Call it from outside, or do not await it here.
    SELF_WAIT  bus.close was called in a listener, which it would wait for. Call it from outside, or do not await it here.
    SELF_WAIT  bus.close was called in an open call, which it would wait for. Call it from outside, or do not await it here.
    CLOSED  The bus is closed: bus.publish came too late. Stop taking requests, and whatever else calls it, before you close the bus.
    CLOSED  The bus is closed: dispatch came too late. Stop taking requests, and whatever else calls it, before you close the bus.
    LIMIT_EXCEEDED  A reader of bus.stream left 2 events waiting, and its limit is 1: read faster, select less, or raise the limit.
    "
  `);
  open();
});
