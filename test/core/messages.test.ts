import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, echo, EventsError, initEvents, inline } from '../../src/index.ts';
import type { DeferStrategy, EventForwarder } from '../../src/index.ts';
import { catalog, collector, e, gate, untyped } from './shop.ts';

const any = z.any();
const none = () => {};
const boom = new Error('boom');
const app = initEvents.context<{ db: string }>().create(catalog);

/** The messages of what these throw, reject with or resolve to, each on a line. */
async function messagesOf(...attempts: (() => unknown)[]): Promise<string> {
  const lines: string[] = [];
  for (const attempt of attempts) {
    let error: unknown;
    try {
      error = await attempt();
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof EventsError)) throw new Error(`no EventsError: ${String(error)}`);
    lines.push(`${error.code}  ${error.message.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')}`);
  }
  return `\n${lines.join('\n')}\n`;
}
const bus = (options: object = {}) => untyped(e.bus)({ handlers: [collector().handler], ...options });
/** The first error that a bus reports while something is done with it. */
async function reported(options: object, act: (bus: ReturnType<typeof e.bus>) => unknown): Promise<unknown> {
  const { promise, open } = gate<unknown>();
  await act(bus({ onError: ({ error }: { error: unknown }) => open(error), ...options }));
  return promise;
}

it('Making a catalog', async () => {
  expect(
    await messagesOf(
      () => defineEvents({ 'user created': any }),
      () => defineEvent('user.*', any),
      () => defineEvents({ a: defineEvent('user.created', any), 'user.created': any }),
      () => defineEvents({ 'user.created': { type: 'object' } as never }),
      () => defineEvents([any] as never),
      () => defineEvents(undefined as never),
      () => initEvents.create({ 'user.created': any } as never),
      () => initEvents.meta({ tenant: 'string' } as never),
    ),
  ).toMatchInlineSnapshot(`
    "
    BAD_CATALOG  "user created" can't be the name of an event: it must be words of letters, digits, _, : and -, joined by dots, such as "user.created". Perhaps "user.created"?
    BAD_CATALOG  "user.*" can't be the name of an event: it must be words of letters, digits, _, : and -, joined by dots, such as "user.created". Perhaps "user"?
    BAD_CATALOG  Two events are named "user.created": rename one, or leave it out.
    BAD_CATALOG  The schema of "user.created" is an object. It must be a Standard Schema: zod 4, valibot, arktype, or \`unchecked<T>()\`.
    BAD_CATALOG  A list of events holds definitions made by defineEvent, and [0] is an object: give schemas as an object, by name.
    BAD_CATALOG  defineEvents takes schemas by name, or definitions, not undefined.
    BAD_OPTION  initEvents.create takes a catalog made by defineEvents, not an object.
    BAD_OPTION  initEvents.meta takes a Standard Schema of an object, not an object.
    "
  `);
});

it('Registering listeners', async () => {
  const router = e.router().on('*', none, { name: 'mine' });
  const on = untyped(router.on);
  expect(
    await messagesOf(
      () => on('usr.*', none),
      () => on('invoice', none),
      () => on('', none),
      () => on([], none),
      () => on('(a+)+', none),
      () => on('user/created', none),
      () => on('user.[!c]*', none),
      () => on('{user}', none),
      () => on('*', 'listener'),
      () => on('*', none, { name: 'mine' }),
      () => on('*', none, { nmae: 'mine' }),
      () => on('*', none, { signal: new AbortController() }),
      () => untyped(router.use)({}),
      () => untyped(router.provide)({ repo: () => {} }),
      () => untyped(router.provide)(),
      () => untyped(e.depends)('repo'),
    ),
  ).toMatchInlineSnapshot(`
    "
    BAD_PATTERN  No event of the catalog matches "usr.*". Did you mean "user.*"?
    BAD_PATTERN  No event of the catalog matches "invoice". Its events are "user.created", "user.deleted", "order.placed", "cache.cleared", "cat.spotted".
    BAD_PATTERN  A pattern must be an event name, a glob such as "user.*", or a list of them, not an empty text.
    BAD_PATTERN  A list of patterns is empty: give at least one, or "*" for all events.
    BAD_PATTERN  The pattern "(a+)+" is refused: "(" is not part of the syntax; a pattern has names, *, ?, {a,b}, [abc], [^abc], and a ! in front.
    BAD_PATTERN  The pattern "user/created" is refused: "/" is not part of the syntax; a pattern has names, *, ?, {a,b}, [abc], [^abc], and a ! in front.
    BAD_PATTERN  The pattern "user.[!c]*" is refused: inside brackets ^ negates, not !.
    BAD_PATTERN  The pattern "{user}" is refused: braces need at least two alternatives, with a comma between them.
    BAD_OPTION  .on("*", …) takes a function as its listener, not "listener".
    BAD_OPTION  Two listeners or handlers are named "mine": names are unique in a bus, since reports and queues identify a delivery by them. Rename one.
    BAD_OPTION  .on("*", …) has no option "nmae". Did you mean "name"?
    BAD_OPTION  .on("*", …): signal must be an AbortSignal, not an object.
    BAD_OPTION  .use() takes a middleware function, not an object.
    BAD_OPTION  .provide(): repo is function repo, and no dependency: make one with e.depends.
    BAD_OPTION  .provide() takes dependencies by name, such as { repo: getRepo }.
    BAD_OPTION  e.depends takes a function that makes the value, not "repo".
    "
  `);
});

it('Making a bus', async () => {
  const forwarder: EventForwarder = { name: 'queue', remote: true, events: 'user.*', handle() {} };
  expect(
    await messagesOf(
      () => untyped(e.bus)(),
      () => bus({ handlers: {} }),
      () => bus({ handler: [] }),
      () => bus({ onEror: none }),
      () => bus({ when: 'allways' }),
      () => bus({ unhandled: true }),
      () => bus({ defer: 'inline' }),
      () => bus({ createContext: {} }),
      () => bus({ limits: { depth: -1 } }),
      () => bus({ observers: [none] }),
      () => bus({ handlers: [none] }),
      () => bus({ handlers: [{ name: 'mine' }] }),
      () => bus({ handlers: [{ name: 'mine', events: 'usr.*', handle() {} }] }),
      () => bus({ handlers: [e.router().on('*', none), forwarder] }),
      () => echo({ event: '*' } as never),
      () => untyped(bus().middleware)({ defer: inline }),
      () => untyped(bus().override)('repo', 1),
      () => untyped(bus().stream)('usr.*'),
    ),
  ).toMatchInlineSnapshot(`
    "
    BAD_OPTION  e.bus needs handlers: a list of routers and handlers, such as [eventRouter].
    BAD_OPTION  e.bus: handlers must be a list, not an object.
    BAD_OPTION  e.bus has no option "handler". Did you mean "handlers"?
    BAD_OPTION  e.bus has no option "onEror". Did you mean "onError"?
    BAD_OPTION  e.bus: when must be "success" or "failure" or "settled", not "allways".
    BAD_OPTION  e.bus: unhandled must be "warn" or "ignore" or "error", not true.
    BAD_OPTION  e.bus: defer must be a defer strategy, such as auto() or inline(), not "inline".
    BAD_OPTION  e.bus: createContext must be a function, not an object.
    BAD_OPTION  e.bus, limits: depth must be a positive integer, not -1.
    BAD_OPTION  e.bus: an observer is an object with a name, not function none.
    BAD_OPTION  e.bus: a handler is a router, or an object with a name and handle or handleMany, not function none.
    BAD_OPTION  e.bus: the handler "mine" has neither handle (an event at a time) nor handleMany (a flush at a time).
    BAD_PATTERN  e.bus, handler "mine": no event of the catalog matches "usr.*". Did you mean "user.*"?
    BAD_OPTION  The forwarder "queue" and local listeners both take "user.created", "user.deleted". Say who gets them: \`local: true\` for both, \`local: false\` for the queue alone, where a worker with the same router does the work.
    BAD_OPTION  echo has no option "event". Did you mean "events"?
    BAD_OPTION  bus.middleware: defer must be a defer strategy, such as auto() or inline(), not function inline.
    BAD_OPTION  bus.override replaces a dependency made by e.depends, not "repo".
    BAD_PATTERN  bus.stream: no event of the catalog matches "usr.*". Did you mean "user.*"?
    "
  `);
});

it('Dispatching', async () => {
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
    NO_SCOPE  e.dispatch was called outside any scope: no procedure with the events middleware, listener, or bus.scope runs here. Use bus.publish for one event, or bus.scope around several.
    NO_SCOPE  e.scope was called outside any scope: no procedure with the events middleware, listener, or bus.scope runs here. Use bus.publish for one event, or bus.scope around several.
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
    INVALID_PAYLOAD  The schema of the payload of "later" validates asynchronously (or, with zod, a function in it threw), and a dispatch can't wait: take its async refinements and transforms out, and do that work before the dispatch, or in a listener.
    META_FAILED  The meta of an event is not what its schema asks for, at tenant: Invalid input: expected string, received undefined
    NO_CONTEXT  "cat.spotted" comes from no procedure, and e.bus was given no createContext to make the ctx of its listeners: add \`createContext: ({ event }) => …\`.
    LIMIT_EXCEEDED  A scope holds 1 events, which is limits.perScope. Dispatch one event that stands for many, or raise the limit.
    BAD_OPTION  bus.scope takes the function that it runs, not undefined.
    BAD_MESSAGE  An envelope is refused: The payload of "user.created" is not what its schema asks for, at id: Invalid input: expected string, received undefined.
    BAD_MESSAGE  An envelope is refused: its time must be a Date, or ISO 8601 text.
    BAD_OPTION  bus.deliver: there is no listener "colector". Did you mean "collector"?
    "
  `);
});

it('What onError hears', async () => {
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
    UNHANDLED  No handler takes "cat.spotted": register a listener, or set unhandled: 'ignore'.
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

it('Draining and closing', async () => {
  const { promise, open } = gate();
  const slow = { name: 'slow', handle: () => promise };
  const hanging = bus({ handlers: [slow] });
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
    SELF_WAIT  bus.drain was called in a listener, which it would wait for: call it from outside, without waiting for it here.
    SELF_WAIT  bus.close was called in a listener, which it would wait for: call it from outside, without waiting for it here.
    SELF_WAIT  bus.close was called in an open call, which it would wait for: call it from outside, without waiting for it here.
    CLOSED  bus.publish was called after the bus was closed. Stop what calls it before you close the bus.
    CLOSED  The bus is closed: it takes no events from what began, or streams, after close(). Stop taking requests before you close it.
    LIMIT_EXCEEDED  A reader of bus.stream left 2 events waiting, and its limit is 1: read faster, select less, or raise the limit.
    "
  `);
  open();
});
