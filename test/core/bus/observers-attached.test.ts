import { expect, it, onTestFinished, vi } from 'vitest';
import type {
  DeadLetter,
  ErrorReport,
  EventHandler,
  EventObserver,
  EventsError,
  ObservedBus,
} from '../../../src/index.ts';
import { collector, e, rejectionOf } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

const boom = new Error('boom');

function attaching() {
  const log: string[] = [];
  const buses: ObservedBus[] = [];
  const observer: EventObserver = {
    name: 'inspector',
    attached(bus) {
      log.push('attached');
      buses.push(bus);
      return () => void log.push('detached');
    },
  };
  return { log, buses, observer };
}

it('An observer of the options is attached when the bus is made, and let go when the bus has closed.', async () => {
  const { log, buses, observer } = attaching();
  const closing = { name: 'closing', handle() {}, close: () => void log.push('handler closed') };
  const bus = e.bus({ handlers: [closing], observers: [observer] });
  expect([log, buses.length]).toEqual([['attached'], 1]);
  await bus.close();
  await bus.close();
  expect(log).toEqual(['attached', 'handler closed', 'detached']);
});

it('An observer is let go, too, when close has run out of time; a closed bus takes none on.', async () => {
  const { log, observer } = attaching();
  const { promise, open } = gate();
  const router = e.router().on('cat.spotted', () => promise);
  const bus = e.bus({ handlers: [router], observers: [observer] });
  void bus.publish('cat.spotted', 1);
  await rejectionOf(bus.close({ timeout: 5 }));
  expect(log).toEqual(['attached', 'detached']);
  open();
  await bus.close();
  bus.observe(observer)();
  expect(log).toEqual(['attached', 'detached']);
});

it('An observer hears of nothing after it was let go.', async () => {
  const log: string[] = [];
  const observer: EventObserver = {
    name: 'inspector',
    attached: () => () => void log.push('detached'),
    refused: (_, { id, name }) => void log.push(`refused ${id} ${name}`),
  };
  const bus = e.bus({ handlers: [collector().handler], observers: [observer] });
  const envelope = { id: 'a', name: 'cat.spoted', time: new Date() };
  await rejectionOf(bus.deliver(envelope));
  await bus.close();
  await rejectionOf(bus.deliver(envelope));
  expect(log).toEqual(['refused a cat.spoted', 'detached']);
});

it('Each wrapper gets the bus that `attached` got, so that an observer of several buses can tell them apart.', async () => {
  const { observer, buses } = attaching();
  const seen: [step: string, bus: ObservedBus][] = [];
  Object.assign(observer, {
    wrapFlush: (_, run, bus) => (seen.push(['flush', bus]), void run()),
    wrapAttempt: (_, run, bus) => (seen.push(['attempt', bus]), void run()),
    wrapSend: (_, run, bus) => (seen.push(['send', bus]), void run()),
    wrapDelivery: (_, run, bus) => (seen.push(['delivery', bus]), void run()),
  } satisfies Partial<EventObserver>);
  const queue: EventHandler = {
    name: 'queue',
    handle: (event, { send }) => send({ system: 'nats', destination: 'cats', events: [event] }, turn),
  };
  const [one, two] = [0, 1].map(() => e.bus({ handlers: [queue], observers: [observer] }));
  await one!.publish('cat.spotted', 1);
  await two!.deliver({ id: '1', name: 'cat.spotted', payload: 2, time: new Date() });
  const of = (bus: ObservedBus) => seen.filter(([, other]) => other === bus).map(([step]) => step);
  expect(of(buses[0]!)).toEqual(['flush', 'attempt', 'send']);
  expect(of(buses[1]!)).toEqual(['delivery', 'flush', 'attempt', 'send']);
  await Promise.all([one!.close(), two!.close()]);
});

it('An observer that is added is attached then, and let go once when it is taken off.', async () => {
  const { log, observer } = attaching();
  await using bus = e.bus({ handlers: [collector().handler] });
  const stop = bus.observe(observer);
  const stopSecond = bus.observe(observer);
  stop();
  stop();
  expect(log).toEqual(['attached', 'attached', 'detached']);
  stopSecond();
  expect(log).toEqual(['attached', 'attached', 'detached', 'detached']);
});

it('An attached observer delivers, publishes, and sees how many events are pending.', async () => {
  const { buses, observer } = attaching();
  const { promise, open } = gate();
  const seen = collector({ handle: (event) => (event.payload === 'slow' ? promise : undefined) });
  await using bus = e.bus({ handlers: [seen.handler], observers: [observer] });
  const [observed] = buses;
  const delivery = observed!.publish('cat.spotted', 'slow', { key: 'k' });
  await turn();
  expect([observed!.pending, bus.pending]).toEqual([1, 1]);
  open();
  const { event } = await delivery;
  expect(event).toMatchObject({ payload: 'slow', key: 'k' });
  await expect(observed!.deliver(event)).resolves.toMatchObject({ failures: [] });
  expect([observed!.pending, bus.pending]).toEqual([0, 0]);
});

it.each([
  ['attached', { attached: () => { throw boom; } }], // prettier-ignore
  ['what attached returned', { attached: () => () => { throw boom; } }], // prettier-ignore
  ['attached', { attached: () => Promise.reject(boom) as never }],
  ['what attached returned', { attached: () => () => Promise.reject(boom) }],
])('An observer whose %s throws is reported, and the bus goes on.', async (hook, hooks) => {
  const errors: string[] = [];
  const seen = collector();
  const bus = e.bus({
    handlers: [seen.handler],
    observers: [{ name: 'mine', ...hooks }],
    onError: ({ error }) => void errors.push(error.message),
  });
  await bus.publish('cat.spotted', 1);
  await bus.close();
  expect(seen.payloads).toEqual([1]);
  expect(errors).toEqual([`The observer mine, in ${hook}, threw Error: boom`]);
});

it.each([true, false])(
  'deadLettered tells of each listener that failed for good; deadLetter given: %s.',
  async (isGiven) => {
    const told: DeadLetter[] = [];
    const given: DeadLetter[] = [];
    const router = e.router();
    router.on('cat.spotted', () => Promise.reject(boom), { name: 'a' });
    router.on('cat.spotted', () => {}, { name: 'b' });
    await using bus = e.bus({
      handlers: [router],
      observers: [{ name: 'letters', deadLettered: (letter) => void told.push(letter) }],
      onError() {},
      ...(isGiven ? { deadLetter: (letter) => void given.push(letter) } : {}),
    });
    await bus.publish('cat.spotted', 1);
    expect(told).toMatchObject([{ listener: 'a', reason: 'attempts', attempts: 1, event: { payload: 1 } }]);
    expect(given).toEqual(isGiven ? told : []);
  },
);

it('Observers hear of a hook of the application that throws, and not of an observer that does.', async () => {
  const errors: EventsError[] = [];
  const reports: ErrorReport[] = [];
  await using bus = e.bus({
    handlers: [collector().handler],
    observers: [
      { name: 'throws', dispatched: () => { throw boom; } }, // prettier-ignore
      { name: 'hears', errored: (error) => void errors.push(error) },
    ],
    onDiscard: () => Promise.reject(boom),
    onError: (report) => void reports.push(report),
  });
  await rejectionOf(
    bus.scope(({ dispatch }) => {
      dispatch('cat.spotted', 1);
      throw boom;
    }),
  );
  await turn();
  expect(errors.map(({ message }) => message)).toEqual(['onDiscard threw Error: boom']);
  expect(reports.map(({ error }) => error.message)).toEqual([
    'The observer throws, in dispatched, threw Error: boom',
    'onDiscard threw Error: boom',
  ]);
});

it('An observer that throws at every event is reported at once, then once a minute with the number of the others.', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const errors: string[] = [];
  const throws = () => {
    throw boom;
  };
  const observers = ['a', 'b'].map((name) => ({
    name,
    dispatched: throws,
    wrapFlush: throws,
    wrapAttempt: throws,
  }));
  await using bus = e.bus({
    handlers: [collector().handler],
    observers,
    onError: ({ error }) => void errors.push(error.message),
  });
  const publish = async (times: number) => {
    for (let i = 0; i < times; i++) await bus.publish('cat.spotted', i);
  };
  await publish(200);
  expect(errors).toEqual(['a', 'b'].map((name) => `The observer ${name}, in dispatched, threw Error: boom`));
  vi.advanceTimersByTime(59_999);
  await publish(1);
  expect(errors).toHaveLength(2);
  vi.advanceTimersByTime(1);
  await publish(1);
  expect(errors.slice(2)).toEqual(
    ['a', 'b'].map(
      (name) => `The observer ${name}, in dispatched, threw Error: boom (602 more since the last report)`,
    ),
  );
});
