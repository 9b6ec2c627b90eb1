import { initTRPC, type TRPCError } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../../src/index.ts';
import { collector, e, rejectionOf, thrownBy, untyped } from '../shop.ts';

const strategy = 'a defer strategy, such as auto() or inline()';

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'e.bus needs handlers: a list of routers and handlers, such as [eventRouter].'],
  ['null', null, 'e.bus takes an object of options, not null.'],
  ['a list', [e.router()], 'e.bus takes an object of options, not a list.'],
  ['a router', e.router(), 'e.bus has no option "name". Known are '],
  ['no handlers', {}, 'e.bus needs handlers: a list of routers and handlers, such as [eventRouter].'],
  [
    'a handler without a list',
    { handlers: collector().handler },
    'e.bus: handlers must be a list, such as [eventRouter], not an object.',
  ],
  [
    'a misspelt option',
    { handlers: [], onErorr: () => {} },
    'e.bus has no option "onErorr". Did you mean "onError"?',
  ],
  [
    'an option far from any',
    { handlers: [], x: 1 },
    'e.bus has no option "x". Known are "handlers", "meta", "createContext", ',
  ],
  [
    'a meta that is no function',
    { handlers: [], meta: {} },
    'e.bus: meta must be a function, not an object.',
  ],
  [
    'a createContext that is none',
    { handlers: [], createContext: {} },
    'e.bus: createContext must be a function, not an object.',
  ],
  [
    'an onError that is none',
    { handlers: [], onError: 'log' },
    'e.bus: onError must be a function, not "log".',
  ],
  [
    'an onDiscard that is none',
    { handlers: [], onDiscard: 1 },
    'e.bus: onDiscard must be a function, not 1.',
  ],
  [
    'a when that is none',
    { handlers: [], when: 'always' },
    'e.bus: when must be "success" or "failure" or "settled", not "always".',
  ],
  [
    'a defer that is none',
    { handlers: [], defer: 'inline' },
    `e.bus: defer must be ${strategy}, not "inline".`,
  ],
  [
    'a strategy without a name',
    { handlers: [], defer: { start() {} } },
    `e.bus: defer must be ${strategy}, not an object.`,
  ],
  [
    'a strategy without a start',
    { handlers: [], defer: { name: 'x' } },
    `e.bus: defer must be ${strategy}, not an object.`,
  ],
  [
    'an unhandled that is none',
    { handlers: [], unhandled: false },
    'e.bus: unhandled must be "warn" or "ignore" or "error", not false.',
  ],
  [
    'observers without a list',
    { handlers: [], observers: { name: 'x' } },
    'e.bus: observers must be a list, not an object.',
  ],
])('e.bus with %s is refused.', (_, options, message) => {
  const error = thrownBy(() => untyped(e.bus)(options)) as Error;
  expect(error).toMatchObject({ code: 'BAD_OPTION' });
  expect(error.message.startsWith(message)).toBe(true);
});

it.each<[unknown, string]>([
  [null, 'bus.middleware takes an object of options, not null.'],
  [{ dfer: 1 }, 'bus.middleware has no option "dfer". Did you mean "defer"?'],
  [{ defer: () => {} }, `bus.middleware: defer must be ${strategy}, not function defer.`],
])('bus.middleware(%j) is refused.', (options, message) => {
  const bus = e.bus({ handlers: [] });
  expect(thrownBy(() => untyped(bus.middleware)(options))).toMatchObject({ code: 'BAD_OPTION', message });
});

it('bus.middleware that is used without a call says how it is used.', async () => {
  const bus = e.bus({ handlers: [] });
  const t = initTRPC.create();
  const uncalled = bus.middleware as never as ReturnType<typeof bus.middleware>;
  const router = t.router({
    used: t.procedure.use(uncalled).query(() => 1),
    made: t.procedure.use(t.middleware(uncalled)).query(() => 1),
  });
  const caller = router.createCaller({});
  for (const call of [caller.used, caller.made]) {
    const error = (await rejectionOf(call())) as TRPCError;
    expect(error.cause).toMatchObject({
      code: 'BAD_OPTION',
      message:
        'bus.middleware is a function that makes a middleware: write .use(bus.middleware()), with the call.',
    });
  }
});

it.each<[unknown, string]>([
  [{ mta: {} }, 'bus.scope has no option "mta". Did you mean "meta"?'],
  [null, 'bus.scope takes an object of options, not null.'],
])('bus.scope(…, %j) is refused, and its function does not run.', async (options, message) => {
  let ran = false;
  const bus = e.bus({ handlers: [] });
  const scope = untyped(bus.scope)(() => (ran = true), options);
  await expect(scope).rejects.toMatchObject({ code: 'BAD_OPTION', message });
  expect(ran).toBe(false);
  await bus.close();
});

it.each<[unknown, string]>([
  [{ signal: {} }, 'bus.deliver: signal must be an AbortSignal, not an object.'],
  [{ attempt: 0 }, 'bus.deliver: attempt must be a positive integer, not 0.'],
  [
    { listener: '' },
    'bus.deliver: listener must be the name of a listener, or a list of one or more names, not "".',
  ],
  [
    { listener: [] },
    'bus.deliver: listener must be the name of a listener, or a list of one or more names, not an empty list.',
  ],
  [
    { listener: ['collector', 'nobody'] },
    'bus.deliver: no listener "nobody" takes "cat.spotted" from a queue. Known are "collector".',
  ],
  [{ budget: -1 }, 'bus.deliver: budget must be a number of milliseconds, from 0 to 2147483647, not -1.'],
  [
    { from: { destination: 'orders' } },
    'bus.deliver takes from with a system and a destination, not an object.',
  ],
  [{ from: 'orders' }, 'bus.deliver: from must be an object, not "orders".'],
  [
    { from: { system: 'nats', destination: 'orders', messageId: 7 } },
    'bus.deliver, from: messageId must be a text that is not empty, not 7.',
  ],
  [{ listner: 'x' }, 'bus.deliver has no option "listner". Did you mean "listener"?'],
])('bus.deliver(…, %j) is refused.', async (options, message) => {
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler] });
  const envelope = { id: 'a', name: 'cat.spotted', payload: 1, time: new Date(0) };
  await expect(untyped(bus.deliver)(envelope, options)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message,
  });
  expect(seen.events).toEqual([]);
});

it.each([[undefined], [null], ['catalog'], [{ 'user.created': z.object({}) }], [() => {}]])(
  'initEvents.create(%o) is refused.',
  (catalog) => {
    expect(thrownBy(() => initEvents.create(catalog as never))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/^initEvents\.create takes a catalog made by defineEvents, not /),
    });
  },
);

it('e.bus does not change the options object, which may be frozen.', async () => {
  const handlers = Object.freeze([collector().handler]);
  const options = Object.freeze({
    handlers,
    limits: Object.freeze({ depth: 2 }),
    observers: Object.freeze([]),
  });
  await using bus = e.bus(options);
  await bus.publish('cat.spotted', 1);
  expect(options).toEqual({ handlers, limits: { depth: 2 }, observers: [] });
});

it('A bus does not change when the list of handlers that it was given changes.', async () => {
  const seen = collector();
  const late = collector({ name: 'late' });
  const handlers = [seen.handler];
  await using bus = e.bus({ handlers });
  handlers.push(late.handler);
  await bus.publish('cat.spotted', 1);
  expect([seen.payloads, late.payloads]).toEqual([[1], []]);
});

it('Each step of the builder returns a new builder.', () => {
  const schema = z.object({ tenant: z.string() });
  const base = initEvents.context<{ db: string }>();
  const withMeta = base.meta(schema);
  expect(withMeta).not.toBe(base);
  const catalog = defineEvents({ ping: z.void() });
  // The base builder does not know the schema of `withMeta`, so any meta passes.
  const bus = base
    .create(catalog)
    .bus({ handlers: [], createContext: () => ({ db: 'db' }), unhandled: 'ignore' });
  return expect(bus.publish('ping', undefined, { meta: { any: 1 } })).resolves.toMatchObject({
    failures: [],
  });
});
