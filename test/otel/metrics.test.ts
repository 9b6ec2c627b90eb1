import { expect, it } from 'vitest';
import { noRetry, type EventForwarder } from '../../src/index.ts';
import { openTelemetry } from '../../src/otel/index.ts';
import { e } from '../core/shop.ts';
import { registerSdk, type Point } from './sdk.ts';
import { traced, useSdk } from './stage.ts';
import { gate } from '../setup/async.ts';

const sdk = useSdk();
const boom = new TypeError('boom');
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const pointsOf = async (name: string) => (await sdk.points()).filter((point) => point.name === name);
const valuesOf = (points: readonly Point[]) =>
  points.map(({ attributes, value }) => ({ ...attributes, value }));

it('Dispatches, drops, retries and dead letters are counted.', async () => {
  const router = e.router();
  router.on('user.created', () => Promise.reject(boom), {
    name: 'mail',
    retry: { attempts: 3, minDelay: 0 },
  });
  router.on('user.created', () => Promise.reject(noRetry(boom)), { name: 'sms' });
  await using bus = traced({ handlers: [router] });
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('cache.cleared');
    dispatch('user.deleted', { id: '1' }, { when: 'failure' });
  });
  await bus.drain();
  expect(valuesOf(await pointsOf('trpc_events.dispatched'))).toEqual([
    { 'trpc_events.event': 'user.created', value: 1 },
    { 'trpc_events.event': 'cache.cleared', value: 1 },
    { 'trpc_events.event': 'user.deleted', value: 1 },
  ]);
  expect(valuesOf(await pointsOf('trpc_events.dropped'))).toEqual([
    { 'trpc_events.event': 'user.deleted', 'trpc_events.reason': 'succeeded', value: 1 },
  ]);
  expect(valuesOf(await pointsOf('trpc_events.retried'))).toEqual([
    {
      'trpc_events.event': 'user.created',
      'trpc_events.listener': 'mail',
      'error.type': 'TypeError',
      value: 2,
    },
  ]);
  expect(valuesOf(await pointsOf('trpc_events.dead_lettered'))).toEqual([
    {
      'trpc_events.event': 'user.created',
      'trpc_events.listener': 'sms',
      'trpc_events.reason': 'not-retriable',
      value: 1,
    },
    {
      'trpc_events.event': 'user.created',
      'trpc_events.listener': 'mail',
      'trpc_events.reason': 'attempts',
      value: 1,
    },
  ]);
});

it('Each attempt has a duration, and the first of a listener a wait.', async () => {
  let failures = 1;
  const router = e.router().on(
    'user.created',
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (failures-- > 0) throw boom;
    },
    { name: 'mail', retry: { attempts: 2, minDelay: 0 } },
  );
  await using bus = traced({ handlers: [router] });
  await bus.publish('user.created', { id: '1' });
  const attributes = {
    'messaging.system.name': 'trpc_events',
    'messaging.system': 'trpc_events',
    'messaging.operation.name': 'process',
    'messaging.destination.name': 'user.created',
    'trpc_events.listener': 'mail',
  };
  const durations = await pointsOf('messaging.process.duration');
  expect(valuesOf(durations)).toEqual([
    { ...attributes, 'error.type': 'TypeError', value: 1 },
    { ...attributes, value: 1 },
  ]);
  for (const { unit, bounds, sum } of durations) {
    expect({ unit, bounds }).toEqual({ unit: 's', bounds: BOUNDS });
    expect(sum).toBeGreaterThan(0.015);
    expect(sum).toBeLessThan(5);
  }
  const waits = await pointsOf('trpc_events.wait.duration');
  expect(valuesOf(waits)).toEqual([
    { 'trpc_events.event': 'user.created', 'trpc_events.listener': 'mail', value: 1 },
  ]);
  expect(waits[0]).toMatchObject({ unit: 's', bounds: BOUNDS });
});

it('The wait of an event from a queue counts from its dispatch there, and is never negative.', async () => {
  const router = e.router().on('user.created', () => {}, { name: 'mail' });
  await using bus = traced({ handlers: [router] });
  const message = (id: string, ms: number) => ({
    id,
    name: 'user.created',
    payload: { id },
    time: new Date(Date.now() + ms),
  });
  await bus.deliver(message('late', -60_000));
  await bus.deliver(message('early', 60_000));
  const [wait] = await pointsOf('trpc_events.wait.duration');
  expect(wait!.value).toBe(2);
  expect(wait!.sum).toBeGreaterThanOrEqual(60);
  expect(wait!.sum).toBeLessThan(70);
});

it('Calls to a broker are measured, and their messages counted, failed ones with the error.', async () => {
  let calls = 0;
  const queue: EventForwarder = {
    name: 'queue',
    remote: true,
    handleMany: (events, { send }) =>
      send({ system: 'aws.sqs', destination: 'orders', events }, () => {
        if (calls++ > 0) throw boom;
      }),
  };
  await using bus = traced({ handlers: [queue] });
  for (let n = 0; n < 2; n++) {
    await bus.scope(({ dispatch }) => [1, 2, 3].forEach((cat) => dispatch('cat.spotted', cat)));
    await bus.drain();
  }
  const attributes = {
    'messaging.system.name': 'aws.sqs',
    'messaging.system': 'aws_sqs',
    'messaging.operation.name': 'send',
    'messaging.destination.name': 'orders',
  };
  const sent = await pointsOf('messaging.client.sent.messages');
  expect(sent[0]!.unit).toBe('{message}');
  expect(valuesOf(sent)).toEqual([
    { ...attributes, value: 3 },
    { ...attributes, 'error.type': 'TypeError', value: 3 },
  ]);
  const durations = await pointsOf('messaging.client.operation.duration');
  expect(durations[0]).toMatchObject({ unit: 's', bounds: BOUNDS });
  const ofDuration = { ...attributes, 'messaging.operation.type': 'send' };
  expect(valuesOf(durations)).toEqual([
    { ...ofDuration, value: 1 },
    { ...ofDuration, 'error.type': 'TypeError', value: 1 },
  ]);
});

it('Messages of a queue are counted, refused ones without the name that they claim.', async () => {
  const router = e.router().on('user.created', () => {}, { name: 'mail' });
  await using bus = traced({ handlers: [router] });
  const from = { system: 'gcp.pubsub', destination: 'users', messageId: '1' };
  await bus.deliver({ id: '1', name: 'user.created', payload: { id: '1' }, time: new Date() }, { from });
  await bus.deliver({ id: '2', name: 'user.xyz', time: new Date() }, { from }).catch(() => {});
  const attributes = {
    'messaging.system.name': 'gcp.pubsub',
    'messaging.system': 'gcp_pubsub',
    'messaging.operation.name': 'process',
    'messaging.destination.name': 'users',
  };
  expect(valuesOf(await pointsOf('messaging.client.consumed.messages'))).toEqual([
    { ...attributes, 'trpc_events.event': 'user.created', value: 1 },
    { ...attributes, 'error.type': 'UNKNOWN_EVENT', value: 1 },
  ]);
});

it('No metric has an attribute that only one event has, even an attribute of the application.', async () => {
  const router = e.router().on('user.created', () => {}, { name: 'mail' });
  await using bus = traced({ handlers: [router], otel: { attributes: ({ id }) => ({ mine: id }) } });
  const { event } = await bus.publish('user.created', { id: 'payload' });
  const values = (await sdk.points()).flatMap(({ attributes }) => Object.values(attributes));
  expect(values.length).toBeGreaterThan(5);
  expect(values).not.toContain(event.id);
});

it('Pending events are observed, of all buses together, until their bus has closed.', async () => {
  const { promise, open } = gate();
  // The SDK shows the last value forever, so this counts the callbacks that are added and removed.
  const meter = sdk.current.meterProvider.getMeter('trpc-events');
  const callbacks = new Set<unknown>();
  const create = meter.createObservableUpDownCounter.bind(meter);
  meter.createObservableUpDownCounter = (name, options) => {
    const counter = create(name, options);
    const [add, remove] = [counter.addCallback.bind(counter), counter.removeCallback.bind(counter)];
    counter.addCallback = (callback) => (callbacks.add(callback), add(callback));
    counter.removeCallback = (callback) => (callbacks.delete(callback), remove(callback));
    return counter;
  };
  const observer = openTelemetry({ meter });
  const makeBus = () => {
    const router = e.router().on('cat.spotted', () => promise, { name: 'slow' });
    return e.bus({ handlers: [router], observers: [observer] });
  };
  const pending = async () =>
    (await pointsOf('trpc_events.pending')).map(({ value, unit }) => `${value} ${unit}`);
  const [one, two] = [makeBus(), makeBus()];
  expect(await pending()).toEqual(['0 {event}']);
  void one.publish('cat.spotted', 1);
  void two.publish('cat.spotted', 1);
  void two.publish('cat.spotted', 2);
  expect(await pending()).toEqual(['3 {event}']);
  // An observer that is on one bus twice doesn't count its events twice.
  const undo = two.observe(observer);
  expect(await pending()).toEqual(['3 {event}']);
  undo();
  expect(await pending()).toEqual(['3 {event}']);
  open();
  await two.close();
  expect(await pending()).toEqual(['0 {event}']);
  expect(callbacks.size).toBe(1);
  await one.close();
  expect(callbacks.size).toBe(0);
});

it('An SDK that starts after the bus gets everything from then on, and so does one that replaces it.', async () => {
  await sdk.current.off();
  const router = e.router().on('cat.spotted', () => {}, { name: 'log' });
  await using bus = traced({ handlers: [router] });
  await bus.publish('cat.spotted', 'before');
  for (const _ of [1, 2]) {
    const later = registerSdk();
    await bus.publish('cat.spotted', 'after');
    expect(later.spans().map(({ name }) => name)).toEqual(['create cat.spotted', 'log cat.spotted']);
    const points = await later.points();
    expect(points.find(({ name }) => name === 'trpc_events.dispatched')!.value).toBe(1);
    expect(points.find(({ name }) => name === 'trpc_events.pending')!.value).toBe(0);
    await later.off();
  }
});
