import { expect, it } from 'vitest';
import { z } from 'zod';
import { initEvents, type DeadLetter, type EventForwarder, type EventsError } from '../../../src/index.ts';
import { catalog, collector, e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const envelope = (over: object = {}) => ({
  id: 'from-a-queue',
  name: 'user.created',
  payload: { id: '1' },
  time: '2026-11-24T08:00:00.000Z',
  meta: {},
  ...over,
});

it('An event from a queue reaches the listeners as it was sent.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const sent = envelope({
    source: '/shop',
    key: 'k',
    path: 'user.create',
    correlationId: 'first',
    causationId: 'second',
    depth: 16,
    traceparent: '00-a-b-01',
    tracestate: 'vendor=1',
    meta: { tenant: 't' },
  });
  const { event, failures } = await bus.deliver(sent);
  expect(event).toStrictEqual({ ...sent, time: new Date(sent.time) });
  expect(seen.events).toEqual([event]);
  expect(failures).toEqual([]);
  expect(Object.isFrozen(event) && Object.isFrozen(event.payload) && Object.isFrozen(event.meta)).toBe(true);
});

it('A field that an envelope lacks gets its default: correlationId is the own id, depth is 0, meta is empty.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  const { event } = await bus.deliver({ id: 'a', name: 'cache.cleared', time: new Date(0) });
  expect(event).toMatchObject({
    correlationId: 'a',
    causationId: undefined,
    depth: 0,
    meta: {},
    payload: undefined,
  });
});

it('The payload and meta of an envelope go through their schemas.', async () => {
  const app = initEvents.meta(z.object({ tenant: z.string() })).create(catalog);
  const seen = collector();
  await using bus = app.bus({ handlers: [seen.handler], meta: () => ({ tenant: 'unused' }) });
  await bus.deliver(
    envelope({ name: 'order.placed', payload: { id: '1', x: 1 }, meta: { tenant: 't', x: 1 } }),
  );
  expect(seen.events).toMatchObject([{ payload: { id: '1', total: 0 }, meta: { tenant: 't' } }]);
  const error = await bus.deliver(envelope({ meta: {} })).catch((error: unknown) => error as EventsError);
  expect(error).toMatchObject({
    code: 'BAD_MESSAGE',
    message:
      'An envelope is refused: the meta of an event is not what its schema asks for, at tenant: it is missing (see `issues`).',
  });
  expect((error as EventsError).issues).toMatchObject([{ path: ['tenant'] }]);
});

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'it must be an object'],
  ['a text', 'envelope', 'it is a text: decode it by a codec first'],
  ['no id', envelope({ id: undefined }), 'its id must be a text that is not empty'],
  ['an empty id', envelope({ id: '' }), 'its id must be a text that is not empty'],
  ['a number as id', envelope({ id: 7 }), 'its id must be a text that is not empty'],
  ['a correlation that is no text', envelope({ correlationId: 7 }), 'its correlationId must be a text'],
  ['a causation that is no text', envelope({ causationId: {} }), 'its causationId must be a text'],
  ['a key that is no text', envelope({ key: 7 }), 'its key must be a text'],
  ['a source that is no text', envelope({ source: 7 }), 'its source must be a text'],
  [
    'a source with a line break',
    envelope({ source: '/shop\nadmin' }),
    'its source has line breaks, or other control characters',
  ],
  ['a path that is no text', envelope({ path: [] }), 'its path must be a text'],
  ['a traceparent that is no text', envelope({ traceparent: 7 }), 'its traceparent must be a text'],
  ['a tracestate that is no text', envelope({ tracestate: 7 }), 'its tracestate must be a text'],
  ['a broken depth', envelope({ depth: 1.5 }), 'its depth must be a whole number, 0 or more'],
  ['a negative depth', envelope({ depth: -1 }), 'its depth must be a whole number, 0 or more'],
  ['a text as depth', envelope({ depth: '1' }), 'its depth must be a whole number, 0 or more'],
  ['a depth beyond the limit', envelope({ depth: 17 }), 'its depth is over limits.depth, 16'],
  ['no time', envelope({ time: undefined }), 'its time must be a Date, or ISO 8601 text'],
  ['a time that is none', envelope({ time: 'soon' }), 'its time must be a Date, or ISO 8601 text'],
  ['an invalid Date', envelope({ time: new Date(Number.NaN) }), 'its time must be a Date, or ISO 8601 text'],
  [
    'a bad payload',
    envelope({ payload: { id: 'secret'.length } }),
    'the payload of "user.created" is not what its schema asks for, at id: it is a number (see `issues`)',
  ],
  ['meta that is no object', envelope({ meta: 7 }), 'its meta must be an object, and is a number'],
  ['meta that is a list', envelope({ meta: [7] }), 'its meta must be an object, and is an array'],
  ['no name', envelope({ name: undefined }), 'its name must be the name of an event'],
  ['a list as name', envelope({ name: ['user.created'] }), 'its name must be the name of an event'],
  ['a name that is none', envelope({ name: 'a\nb' }), 'its name must be the name of an event'],
  ['an id of two lines', envelope({ id: 'a\nb' }), 'its id has line breaks, or other control characters'],
  ['a very long path', envelope({ path: 'a'.repeat(5000) }), 'its path is longer than 4096 characters'],
  ['a time that is a year', envelope({ time: '2026' }), 'its time must be a Date, or ISO 8601 text'],
  [
    'a time that only looks like one',
    envelope({ time: Object.create(Date.prototype) }),
    "it can't be read: it threw TypeError",
  ],
])('An envelope with %s is refused with BAD_MESSAGE, and no listener runs.', async (_, bad, why) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await expect(bus.deliver(bad as never)).rejects.toMatchObject({
    code: 'BAD_MESSAGE',
    message: expect.stringContaining(`An envelope is refused: ${why}`),
  });
  expect(seen.events).toEqual([]);
});

it('The option listener delivers to that listener only, which is how a failed delivery is repeated.', async () => {
  const heard: string[] = [];
  const router = e.router();
  for (const name of ['one', 'two', 'three']) router.on('user.*', () => void heard.push(name), { name });
  await using bus = e.bus({ handlers: [router, collector().handler] });
  await bus.deliver(envelope(), { listener: 'two' });
  expect(heard).toEqual(['two']);
});

it('The option listener is refused if no such listener takes the event, because the message would be lost.', async () => {
  const router = e
    .router()
    .on('order.*', () => {}, { name: 'orders' })
    .on('user.*', () => {}, { name: 'users' });
  const forwarder: EventForwarder = {
    name: 'queue',
    events: 'order.*',
    remote: true,
    local: true,
    handle() {},
  };
  await using bus = e.bus({ handlers: [router, forwarder] });
  for (const [listener, message] of [
    ['user', 'bus.deliver: no listener "user" takes "user.created" from a queue. Did you mean "users"?'],
    ['orders', 'bus.deliver: no listener "orders" takes "user.created" from a queue. Known are "users".'],
    ['queue', 'bus.deliver: no listener "queue" takes "user.created" from a queue. Known are "users".'],
  ]) {
    await expect(bus.deliver(envelope(), { listener: listener! })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message,
    });
  }
});

it.each([true, false])(
  'The option listener may name a forwarder (local: %s), which is how a failed send is repeated.',
  async (local) => {
    const heard: string[] = [];
    let isDown = true;
    const queue: EventForwarder = {
      name: 'queue',
      remote: true,
      local,
      handle({ id }) {
        if (isDown) throw new Error('down');
        heard.push(id);
      },
    };
    const router = e.router().on('user.*', () => void heard.push('here'), { name: 'users' });
    const letters: DeadLetter[] = [];
    await using bus = e.bus({
      handlers: [router, queue],
      onError: () => {},
      deadLetter: (letter) => void letters.push(letter),
    });
    const { event } = await bus.publish('user.created', { id: '1' });
    expect(letters).toMatchObject([{ event, listener: 'queue' }]);
    heard.length = 0;
    isDown = false;
    const [letter] = letters as [DeadLetter];
    expect(await bus.deliver(letter.event, { listener: letter.listener })).toEqual({ event, failures: [] });
    expect(heard).toEqual([event.id]);
  },
);

it('The option signal aborts the signal of the listeners.', async () => {
  const abort = new AbortController();
  let signal: AbortSignal | undefined;
  const { promise, open } = gate();
  const router = e.router().on('user.*', (opts) => {
    signal = opts.signal;
    return promise;
  });
  await using bus = e.bus({ handlers: [router] });
  const delivered = bus.deliver(envelope(), { signal: abort.signal });
  await turn();
  abort.abort(new Error('shutting down'));
  open();
  await delivered;
  expect(signal).toMatchObject({ aborted: true, reason: { message: 'shutting down' } });
});

it('bus.deliver resolves after the listeners, everything they chained, and the publishes they did not await.', async () => {
  const gates = { 'order.placed': gate(), 'cache.cleared': gate() };
  const log: string[] = [];
  const router = e.router();
  router.on('user.created', ({ ctx }) => {
    ctx.dispatch('user.deleted', { id: '1' });
    void bus.publish('cache.cleared');
  });
  router.on('user.deleted', ({ ctx }) => ctx.dispatch('order.placed', { id: '1' }));
  router.on(['order.placed', 'cache.cleared'], async ({ event }) => {
    await gates[event.name].promise;
    log.push(event.name);
  });
  await using bus = e.bus({ handlers: [router] });
  for (const [first, last] of [
    ['order.placed', 'cache.cleared'],
    ['cache.cleared', 'order.placed'],
  ] as const) {
    log.length = 0;
    gates['order.placed'] = gate();
    gates['cache.cleared'] = gate();
    const delivered = bus.deliver(envelope()).then(() => log.push('delivered'));
    for (const name of [first, last]) {
      await turn();
      gates[name].open();
    }
    await delivered;
    expect(log).toEqual([first, last, 'delivered']);
  }
});
