import { expect, it } from 'vitest';
import { EventsError, type ErrorReport } from '../../../src/index.ts';
import { collector, e, thrownBy, untyped } from '../shop.ts';
import { gate } from '../../setup/async.ts';

const boom = new Error('boom');

it('close stops the sources once, before it refuses anything, and waits for them.', async () => {
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler] });
  const log: string[] = [];
  const { promise, open } = gate();
  bus.attachSource({
    name: 'orders',
    async stop() {
      log.push('stop');
      await promise;
      await bus.deliver({ id: 'a', name: 'cat.spotted', payload: 'last', time: new Date() });
      log.push('stopped');
    },
  });
  const closed = Promise.all([bus.close(), bus.close()]).then(() => log.push('closed'));
  await bus.publish('cat.spotted', 'meanwhile');
  open();
  await closed;
  expect(log).toEqual(['stop', 'stopped', 'closed']);
  expect(seen.payloads).toEqual(['meanwhile', 'last']);
});

it('No source is taken on while close stops the others.', async () => {
  const bus = e.bus({ handlers: [collector().handler] });
  const { promise, open } = gate();
  bus.attachSource({ name: 'one', stop: () => promise });
  const closed = bus.close();
  expect(() => bus.attachSource({ name: 'two', stop() {} })).toThrow('bus.attachSource came too late');
  open();
  await closed;
});

it('A source that never stops is named when the time of close is over, and then the rest is closed.', async () => {
  let closed = 0;
  const bus = e.bus({ handlers: [{ name: 'h', handle() {}, close: () => void closed++ }] });
  bus.attachSource({ name: 'orders', stop: () => new Promise(() => {}) });
  bus.attachSource({ name: 'mails', stop() {} });
  await expect(bus.close({ timeout: 10 })).rejects.toMatchObject({
    code: 'DRAIN_TIMEOUT',
    message: 'bus.close waited 10 ms, and there still runs: the source orders.',
  });
  expect(closed).toBe(1);
  await expect(bus.publish('cat.spotted', 1)).rejects.toMatchObject({ code: 'CLOSED' });
});

it('A source learns how long close waits, so that it can end in time.', async () => {
  for (const timeout of [undefined, 1234]) {
    const bus = e.bus({ handlers: [collector().handler] });
    const given: unknown[] = [];
    bus.attachSource({ name: 'orders', stop: (options) => void given.push(options) });
    await bus.close({ timeout });
    expect(given).toEqual([{ timeout }]);
  }
});

it('A source that was removed is not stopped, and one whose stop throws is reported.', async () => {
  const errors: string[] = [];
  const bus = e.bus({
    handlers: [collector().handler],
    onError: ({ error }) => void errors.push(error.message),
  });
  const detach = bus.attachSource({ name: 'removed', stop: () => void errors.push('stopped') });
  detach();
  detach();
  bus.attachSource({ name: 'throws', stop: () => { throw boom; } }); // prettier-ignore
  bus.attachSource({ name: 'rejects', stop: () => Promise.reject(boom) });
  await bus.close();
  expect(errors).toEqual([
    'The source throws, in stop, threw Error: boom',
    'The source rejects, in stop, threw Error: boom',
  ]);
  expect(() => bus.attachSource({ name: 'late', stop() {} })).toThrow(
    'The bus is closed: bus.attachSource came too late.',
  );
});

it.each([[undefined], [{ name: 'x' }], [{ stop() {} }], [{ name: '', stop() {} }], [{ name: 'x', stop: 7 }]])(
  'bus.attachSource(%o) is refused.',
  (source) => {
    const bus = e.bus({ handlers: [collector().handler] });
    expect(thrownBy(() => untyped(bus.attachSource)(source))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(
        'bus.attachSource takes a source: an object with a name and stop, not ',
      ),
    });
  },
);

it('bus.report tells onError and observers, and wraps an error of another kind.', async () => {
  const reports: ErrorReport[] = [];
  const told: unknown[] = [];
  await using bus = e.bus({
    handlers: [collector().handler],
    observers: [{ name: 'hears', errored: (error, { event }) => void told.push(error, event?.id) }],
    onError: (report) => void reports.push(report),
  });
  const { event } = await bus.publish('cat.spotted', 1);
  const own = new EventsError('BAD_MESSAGE', 'no JSON');
  bus.report(own);
  bus.report(boom, { event });
  expect(reports).toMatchObject([
    { error: own, event: undefined },
    { error: { code: 'RECEIVE_FAILED', message: 'Error: boom', cause: boom }, event: { id: event.id } },
  ]);
  expect(told).toEqual([own, undefined, reports[1]!.error, event.id]);
});

it.each([[undefined], ['text'], [{ message: 'x' }]])('bus.report(%j) is refused.', (error) => {
  const bus = e.bus({ handlers: [collector().handler] });
  expect(thrownBy(() => untyped(bus.report)(error))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('bus.report takes an error, not '),
  });
});

it('bus.listeners says whom a delivery would reach, and which of them have a name of their own.', async () => {
  const router = e.router();
  router.on('user.*', function index() {});
  router.on('user.created', () => {}, { name: 'mail' });
  router.on('user.created', () => {});
  const sent = collector({ name: 'queue', remote: true, local: true, events: 'user.*' } as never);
  const audit = collector({ name: 'audit', passive: true });
  await using bus = e.bus({ handlers: [router, sent.handler, audit.handler] });
  const reached = [
    { name: 'index', isNamed: false },
    { name: 'mail', isNamed: true },
    { name: 'user.created', isNamed: false },
    { name: 'audit', isNamed: true },
  ];
  expect(bus.listeners('user.created')).toEqual(reached);
  router.on('user.created', () => {}, { name: 'late' });
  expect(bus.listeners('user.created').map(({ name }) => name)).toEqual([
    'index',
    'mail',
    'user.created',
    'late',
    'audit',
  ]);
  expect(bus.listeners('cache.cleared')).toEqual([{ name: 'audit', isNamed: true }]);
  expect(thrownBy(() => untyped(bus.listeners)('user.creatd'))).toMatchObject({ code: 'UNKNOWN_EVENT' });
});
