/** Compares the spans of each step with the tables of docs/observability.md. */
import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { noRetry, type EventHandler } from '../../src/index.ts';
import { e } from '../core/shop.ts';
import { request, traced, useSdk } from './stage.ts';
import { attempt, create, tableOf } from './table.ts';
import { gate, turn } from '../setup/async.ts';

const sdk = useSdk();
const table = () => tableOf(sdk.spans()).filter(({ name }) => name !== 'POST');
const boom = new TypeError('boom');

it('A call with two events', async () => {
  const router = e.router();
  router.on('user.created', async () => {}, { name: 'welcome-mail' });
  router.on('user.*', async () => {}, { name: 'audit' });
  await using bus = traced({ handlers: [router] });
  const t = initTRPC.create();
  const procedures = t.router({
    users: t.router({
      create: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
        ctx.dispatch('user.created', { id: '1' });
        ctx.dispatch('user.deleted', { id: '1' });
      }),
    }),
  });
  await request(() => t.createCallerFactory(procedures)({}).users.create());
  await bus.drain();
  const created = { event: 'user.created', procedure: 'users.create' };
  const deleted = { event: 'user.deleted', procedure: 'users.create' };
  expect(table()).toEqual([
    create('POST', created),
    create('POST', deleted),
    attempt({ ...created, listener: 'welcome-mail' }),
    attempt({ ...created, listener: 'audit' }),
    attempt({ ...deleted, listener: 'audit' }),
  ]);
});

it('A retry that fails twice and succeeds', async () => {
  let failures = 2;
  const router = e.router().on(
    'user.created',
    () => {
      if (failures-- > 0) throw boom;
    },
    { name: 'mail', retry: { attempts: 4, minDelay: 0 } },
  );
  await using bus = traced({ handlers: [router] });
  await request(() => bus.publish('user.created', { id: '1' }));
  const mail = { event: 'user.created', listener: 'mail', attempts: 4 };
  expect(table()).toEqual([
    create('POST', { event: 'user.created' }),
    attempt({ ...mail, attempt: 1, error: 'TypeError' }),
    attempt({ ...mail, attempt: 2, error: 'TypeError' }),
    attempt({ ...mail, attempt: 3 }),
  ]);
});

it('A dead letter', async () => {
  const router = e.router();
  router.on('user.created', () => Promise.reject(boom), { name: 'mail' });
  router.on('user.created', () => Promise.reject(noRetry(new RangeError('refused'))), { name: 'sms' });
  await using bus = traced({ handlers: [router] });
  await request(() => bus.publish('user.created', { id: '1' }));
  expect(table()).toEqual([
    create('POST', { event: 'user.created' }),
    attempt({ event: 'user.created', listener: 'mail', error: 'TypeError' }),
    attempt({ event: 'user.created', listener: 'sms', error: 'NOT_RETRIABLE' }),
  ]);
  const [mail, sms] = sdk.spans().filter(({ status }) => status === 'error');
  expect(mail!.message).toBe('TypeError: boom');
  expect(mail!.events[0]!.attributes).toMatchObject({
    'exception.type': 'TypeError',
    'exception.message': 'boom',
  });
  // The exception is the one that `noRetry` was given.
  expect(sms!.events[0]!.attributes).toMatchObject({
    'exception.type': 'RangeError',
    'exception.message': 'refused',
  });
});

it('A chain, with a publish in a listener', async () => {
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      await turn();
      ctx.dispatch('cache.cleared');
      await bus.publish('order.placed', { id: '1' });
    },
    { name: 'first' },
  );
  router.on('cache.cleared', () => {}, { name: 'second' });
  router.on('order.placed', () => {}, { name: 'third' });
  await using bus = traced({ handlers: [router] });
  await request(() => bus.scope(({ dispatch }) => dispatch('user.created', { id: '1' })));
  await bus.drain();
  const chained = { first: 'user.created', depth: 1 };
  expect(table()).toEqual([
    create('POST', { event: 'user.created' }),
    attempt({ event: 'user.created', listener: 'first' }),
    create('first user.created', { event: 'cache.cleared', ...chained }),
    create('first user.created', { event: 'order.placed', ...chained }),
    attempt({ event: 'order.placed', listener: 'third', ...chained }),
    attempt({ event: 'cache.cleared', listener: 'second', ...chained }),
  ]);
});

it('A handleMany of five', async () => {
  const many: EventHandler = { name: 'many', handleMany: () => {} };
  await using bus = traced({ handlers: [many], otel: { attributes: ({ key }) => ({ key: key ?? '' }) } });
  await request(() =>
    bus.scope(({ dispatch }) => {
      for (let n = 1; n <= 5; n++) dispatch('cat.spotted', n, { key: `cat ${n}` });
    }),
  );
  await bus.drain();
  const row = table().at(-1);
  expect(row).toEqual({
    name: 'many',
    kind: 'INTERNAL',
    // All five events are of one trace, and this span is in it, too. Its parent is the span of the first event.
    parent: 'create cat.spotted',
    links: Array.from({ length: 5 }, () => 'create cat.spotted'),
    attributes: {
      'messaging.system.name': 'trpc_events',
      'messaging.system': 'trpc_events',
      'messaging.destination.name': 'cat.spotted',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': 5,
      'trpc_events.listener': 'many',
      'trpc_events.attempt': 1,
      'trpc_events.attempts': 1,
    },
    status: 'unset',
    events: [],
  });
  const created = sdk.spans().filter(({ name }) => name === 'create cat.spotted');
  const { links, parent } = sdk.spans().at(-1)!;
  expect(parent).toBe(created[0]!.id);
  expect(links).toEqual(
    created.map(({ id, attributes }, i) => ({
      id,
      attributes: {
        key: `cat ${i + 1}`,
        'messaging.message.id': attributes['messaging.message.id'],
        'messaging.message.conversation_id': attributes['messaging.message.id'],
        'trpc_events.depth': 0,
      },
    })),
  );
});

it('A delivery with one failing listener, of three', async () => {
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'ship' });
  router.on('order.placed', () => Promise.reject(boom), { name: 'bill' });
  router.on('cache.cleared', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router] });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await bus.deliver(
    { id: 'order 1', name: 'order.placed', payload: { id: '1' }, time: new Date(), traceparent },
    { attempt: 3, from: { system: 'aws.sqs', destination: 'orders', messageId: 'm1' } },
  );
  const order = { event: 'order.placed', first: 'order 1' };
  const ofOrder = (row: ReturnType<typeof attempt>) => ({
    ...row,
    attributes: { ...row.attributes, 'messaging.message.id': 'order 1' },
  });
  expect(table()).toEqual([
    {
      name: 'process order.placed',
      kind: 'CONSUMER',
      parent: undefined,
      links: ['b7ad6b7169203331'],
      attributes: {
        'messaging.system.name': 'aws.sqs',
        'messaging.system': 'aws_sqs',
        'messaging.destination.name': 'orders',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.message.id': 'order 1',
        'messaging.message.conversation_id': 'order 1',
        'trpc_events.depth': 0,
        'trpc_events.event': 'order.placed',
        'trpc_events.attempt': 3,
        'error.type': 'LISTENER_FAILED',
      },
      status: 'error',
      // Only the span of the failed attempt has the exception.
      events: [],
    },
    ofOrder(attempt({ ...order, listener: 'ship' }, 'process order.placed')),
    create('ship order.placed', { event: 'cache.cleared', first: 'order 1', depth: 1 }),
    ofOrder(attempt({ ...order, listener: 'bill', error: 'TypeError' }, 'process order.placed')),
    attempt({ event: 'cache.cleared', first: 'order 1', depth: 1, listener: 'log' }),
  ]);
});

it('A publish, with nothing around it', async () => {
  await using bus = traced({ handlers: [{ name: 'audit', handle: () => {} }] });
  await bus.publish('cache.cleared');
  expect(table()).toEqual([
    create(undefined, { event: 'cache.cleared' }),
    attempt({ event: 'cache.cleared', listener: 'audit' }),
  ]);
});

it('A dropped event is an event of the span that is active', async () => {
  await using bus = traced({ handlers: [{ name: 'audit', handle: () => {} }] });
  await request(async () => {
    const call = bus.scope(({ dispatch }) => {
      dispatch('user.created', { id: '1' });
      throw boom;
    });
    await call.catch(() => {});
  });
  const [post, created] = sdk.spans();
  expect(table()).toEqual([create('POST', { event: 'user.created' })]);
  expect(post!.events).toEqual([
    {
      name: 'trpc_events.dropped',
      attributes: {
        'trpc_events.event': 'user.created',
        'trpc_events.reason': 'failed',
        'messaging.message.id': created!.attributes['messaging.message.id'],
      },
    },
  ]);
});

it('A stream: events that are flushed while it goes on', async () => {
  const router = e.router().on('cat.spotted', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router] });
  const t = initTRPC.create();
  const procedures = t.router({
    cats: t.procedure.use(bus.middleware()).subscription(async function* ({ ctx }) {
      for (const cat of ['Tom', 'Kit']) {
        ctx.dispatch('cat.spotted', cat);
        yield cat;
        await bus.drain();
      }
    }),
  });
  await request(async () => {
    for await (const _ of await t.createCallerFactory(procedures)({}).cats());
  });
  await bus.drain();
  expect(table()).toEqual([
    create('POST', { event: 'cat.spotted', procedure: 'cats' }),
    attempt({ event: 'cat.spotted', procedure: 'cats', listener: 'log' }),
    create('POST', { event: 'cat.spotted#2', procedure: 'cats' }),
    attempt({ event: 'cat.spotted#2', procedure: 'cats', listener: 'log' }),
  ]);
});

it('A late dispatch, after the request has ended', async () => {
  const router = e.router().on('user.created', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router] });
  const { promise, open } = gate();
  let late: Promise<void> | undefined;
  await request(() =>
    bus.scope(({ dispatch }) => {
      late = promise.then(() => dispatch('user.created', { id: '1' }));
    }),
  );
  open();
  await late;
  await bus.drain();
  expect(table()).toEqual([
    create('POST', { event: 'user.created' }),
    attempt({ event: 'user.created', listener: 'log' }),
  ]);
});

it('A timeout ends its span, though the listener runs on', async () => {
  const { promise, open } = gate();
  const router = e.router().on('user.created', () => promise, { name: 'slow', timeout: 5 });
  await using bus = traced({ handlers: [router] });
  await request(() => bus.publish('user.created', { id: '1' }));
  await turn();
  expect(table()).toEqual([
    create('POST', { event: 'user.created' }),
    attempt({ event: 'user.created', listener: 'slow', error: 'TIMED_OUT' }),
  ]);
  open();
});

it('A handleMany of several traces, and of two names', async () => {
  const many: EventHandler = { name: 'many', handleMany: () => {} };
  await using bus = traced({ handlers: [many] });
  await bus.scope(async ({ dispatch }) => {
    await request(() => dispatch('cat.spotted', 1), 'one');
    await request(() => dispatch('cache.cleared'), 'two');
  });
  await bus.drain();
  const row = table().at(-1)!;
  expect(row).toMatchObject({ name: 'many', parent: undefined });
  expect(row.links).toEqual(['create cat.spotted', 'create cache.cleared']);
  expect(row.attributes).not.toHaveProperty('messaging.destination.name');
});

it('A handleMany that lists a failure of several', async () => {
  const many: EventHandler = {
    name: 'many',
    handleMany: ([, second]) => ({ failures: [{ id: second!.id, error: boom }] }),
  };
  await using bus = traced({ handlers: [many] });
  await bus.scope(({ dispatch }) => {
    for (let n = 1; n <= 3; n++) dispatch('cat.spotted', n);
  });
  await bus.drain();
  expect(table().at(-1)).toMatchObject({
    name: 'many',
    status: 'error',
    attributes: { 'error.type': 'TypeError' },
    events: ['exception'],
  });
});
