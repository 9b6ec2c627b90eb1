import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, echo, initEvents, inline, type EventForwarder } from '../../src/index.ts';
import { bus, messagesOf } from './messages.ts';
import { e, untyped } from './shop.ts';

const any = z.any();
const none = () => {};

it('Errors of making a catalog have these messages', async () => {
  expect(
    await messagesOf(
      () => defineEvents({ 'user created': any }),
      () => defineEvent('user.*', any),
      () => defineEvents({ a: defineEvent('user.created', any), 'user.created': any }),
      () => defineEvents({ 'user.created': { type: 'object' } as never }),
      () => defineEvents([any] as never),
      () => defineEvents({ ...defineEvents({ a: any }), ...defineEvents({ b: any }) } as never),
      () => defineEvents(undefined as never),
      () => initEvents.create({ 'user.created': any } as never),
      () => initEvents.meta({ tenant: 'string' } as never),
    ),
  ).toMatchInlineSnapshot(`
    "
    BAD_CATALOG  "user created" can't be the name of an event: it must be words of letters, digits, _, : and -, joined by dots, such as "user.created". Perhaps "user.created"?
    BAD_CATALOG  "user.*" can't be the name of an event: it must be words of letters, digits, _, : and -, joined by dots, such as "user.created". Perhaps "user"?
    BAD_CATALOG  Two events are named "user.created": rename one, or leave it out.
    BAD_CATALOG  The schema of "user.created" is an object. It must be a Standard Schema: zod 3.24 or later, valibot, arktype, or \`unchecked<T>()\`.
    BAD_CATALOG  A list of events holds definitions made by defineEvent, and [0] is an object: give schemas as an object, by name.
    BAD_CATALOG  Catalogs are merged by their shapes: { ...userEvents.shape, ...orderEvents.shape }.
    BAD_CATALOG  defineEvents takes schemas by name, or definitions, not undefined.
    BAD_OPTION  initEvents.create takes a catalog made by defineEvents, not an object.
    BAD_OPTION  initEvents.meta takes a Standard Schema of an object, not an object.
    "
  `);
});

it('Errors of registering listeners have these messages', async () => {
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
    BAD_OPTION  Two listeners or handlers are named "mine": names must be unique in a bus, because reports and queues identify listeners by them. Rename one.
    BAD_OPTION  .on("*", …) has no option "nmae". Did you mean "name"?
    BAD_OPTION  .on("*", …): signal must be an AbortSignal, not an object.
    BAD_OPTION  .use() takes a middleware function, not an object.
    BAD_OPTION  .provide(): repo is function repo, and no dependency: make one with e.depends.
    BAD_OPTION  .provide() takes dependencies by name, such as { repo: getRepo }.
    BAD_OPTION  e.depends takes a function that makes the value, not "repo".
    "
  `);
});

it('Errors of making a bus have these messages', async () => {
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
    BAD_OPTION  e.bus: handlers must be a list, such as [eventRouter], not an object.
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
    BAD_OPTION  The forwarder "queue" and local listeners both take "user.created", "user.deleted". Say who gets them: \`local: true\` for both, \`local: false\` for only the queue, if a worker with the same router does the work.
    BAD_OPTION  echo has no option "event". Did you mean "events"?
    BAD_OPTION  bus.middleware: defer must be a defer strategy, such as auto() or inline(), not function inline.
    BAD_OPTION  bus.override takes a dependency made by e.depends, not "repo".
    BAD_PATTERN  No event of the catalog matches "usr.*". Did you mean "user.*"?
    "
  `);
});
