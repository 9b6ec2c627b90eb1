import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { AnyEvent } from '../../../src/index.ts';
import { e, untyped } from '../shop.ts';
import { turn } from '../../setup/async.ts';

function makeBus() {
  return e.bus({ handlers: [e.router().on('*', () => {})] });
}
/** Reads a stream until it ends, and returns the payloads. */
async function readAll(stream: AsyncIterable<AnyEvent>): Promise<unknown[]> {
  const payloads: unknown[] = [];
  for await (const { payload } of stream) payloads.push(payload);
  return payloads;
}

it('A stream yields the events that are flushed from now on, in order, and nothing else.', async () => {
  await using bus = makeBus();
  await bus.publish('cat.spotted', 'before');
  const abort = new AbortController();
  const read = readAll(bus.stream(['cat.*', 'user.*'], { signal: abort.signal }));
  await bus.publish('cat.spotted', 1);
  await bus.publish('cache.cleared');
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('cat.spotted', 2);
  });
  await bus
    .scope(({ dispatch }) => (dispatch('cat.spotted', 'dropped'), Promise.reject(new Error('no'))))
    .catch(() => {});
  await bus.deliver({ id: 'a', name: 'cat.spotted', payload: 'delivered', time: new Date() });
  abort.abort();
  expect(await read).toEqual([1, { id: '1' }, 2, 'delivered']);
});

it('A reader that waits gets an event as soon as it is flushed, before slow listeners are done.', async () => {
  let finish!: () => void;
  const router = e.router().on('*', () => new Promise<void>((resolve) => (finish = resolve)));
  await using bus = e.bus({ handlers: [router] });
  const stream = bus.stream('cat.spotted');
  const next = stream.next();
  const published = bus.publish('cat.spotted', 1);
  expect(await next).toMatchObject({ done: false, value: { payload: 1 } });
  finish();
  await published;
});

it('Several pending reads of a stream are served in order.', async () => {
  await using bus = makeBus();
  const stream = bus.stream('*');
  const reads = [stream.next(), stream.next(), stream.next()];
  await bus.publish('cat.spotted', 1);
  await bus.publish('cat.spotted', 2);
  await bus.close();
  expect((await Promise.all(reads)).map(({ value, done }) => [(value as AnyEvent)?.payload, done])).toEqual([
    [1, false],
    [2, false],
    [undefined, true],
  ]);
});

it('A stream whose reader falls behind by more than its limit throws LIMIT_EXCEEDED once, and then ends.', async () => {
  await using bus = makeBus();
  const stream = bus.stream('cat.spotted');
  for (let i = 0; i < 1000; i++) await bus.publish('cat.spotted', i);
  expect(await stream.next()).toMatchObject({ value: { payload: 0 } });
  await bus.publish('cat.spotted', 1000);
  expect(await stream.next()).toMatchObject({ value: { payload: 1 } });
  await bus.publish('cat.spotted', 1001);
  await bus.publish('cat.spotted', 1002);
  await expect(stream.next()).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    message:
      'A reader of bus.stream left 1001 events waiting, and its limit is 1000: read faster, select less, or raise the limit.',
  });
  await bus.publish('cat.spotted', 1003);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

it('The option limit sets how many events may wait in a stream, and other streams go on.', async () => {
  await using bus = makeBus();
  const slow = bus.stream('*', { limit: 1 });
  const roomy = bus.stream('*', { limit: 2 });
  await bus.publish('cat.spotted', 1);
  await bus.publish('cat.spotted', 2);
  await expect(slow.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await roomy.next()).toMatchObject({ value: { payload: 1 } });
});

it.each<[string, (abort: AbortController, bus: ReturnType<typeof makeBus>) => unknown]>([
  ['its signal aborts', (abort) => abort.abort()],
  ['the bus is closed', (_, bus) => bus.close()],
])('A stream ends when %s: pending reads end, but waiting events are still yielded.', async (_, end) => {
  const bus = makeBus();
  const abort = new AbortController();
  const stream = bus.stream('*', { signal: abort.signal });
  const idle = bus.stream('*', { signal: abort.signal });
  const waiting = idle.next();
  await bus.publish('cat.spotted', 1);
  await waiting;
  const ended = idle.next();
  await end(abort, bus);
  expect(await ended).toEqual({ done: true, value: undefined });
  expect(await readAll(stream)).toEqual([1]);
});

it('A stream ends when its loop is left, and holds no events after that.', async () => {
  await using bus = makeBus();
  const stream = bus.stream('*');
  await bus.publish('cat.spotted', 1);
  await bus.publish('cat.spotted', 2);
  for await (const { payload } of stream) {
    expect(payload).toBe(1);
    break;
  }
  await bus.publish('cat.spotted', 3);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(await stream.return!()).toEqual({ done: true, value: undefined });
});

it('return() ends a stream for a reader that waits.', async () => {
  await using bus = makeBus();
  const stream = bus.stream('*');
  const read = stream.next();
  await stream.return!();
  expect(await read).toEqual({ done: true, value: undefined });
});

it('A stream with an aborted signal, or of a closed bus, has already ended.', async () => {
  const bus = makeBus();
  const stream = bus.stream('*', { signal: AbortSignal.abort() });
  await bus.publish('cat.spotted', 1);
  expect(await stream.next()).toMatchObject({ done: true });
  await bus.close();
  expect(await bus.stream('*').next()).toMatchObject({ done: true });
});

it('A stream that has ended no longer listens to its signal.', async () => {
  await using bus = makeBus();
  const { signal } = new AbortController();
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listening--, remove(...args));
  const stream = bus.stream('*', { signal });
  expect(listening).toBe(1);
  await stream.return!();
  expect(listening).toBe(0);
});

it('Neither drain nor close waits for a stream that is open.', async () => {
  const bus = makeBus();
  const read = readAll(bus.stream('*'));
  await turn();
  await bus.drain();
  await bus.close();
  expect(await read).toEqual([]);
});

it.each([
  [{ signal: new AbortController() }, 'bus.stream: signal must be an AbortSignal, not an object.'],
  [{ limit: 0 }, 'bus.stream: limit must be a positive integer, not 0.'],
  [{ limit: -1 }, 'bus.stream: limit must be a positive integer, not -1.'],
  [{ limt: 1 }, 'bus.stream has no option "limt". Did you mean "limit"?'],
  [null, 'bus.stream takes an object of options, not null.'],
])('bus.stream("*", %j) is refused at once.', (options, message) => {
  expect(() => untyped(makeBus().stream)('*', options)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message }),
  );
});

it.each<[string, () => unknown]>([
  ['an object with the members that are read first', () => ({ aborted: false, addEventListener() {} })],
  ['an event target', () => Object.assign(new EventTarget(), { aborted: false })],
  ['an object that has the prototype of a signal', () => Object.create(AbortSignal.prototype)],
  ['a class of that name', () => new (class AbortSignal extends EventTarget {})()],
])('bus.stream refuses %s as its signal.', (_, makeSignal) => {
  const bus = makeBus();
  expect(() => untyped(bus.stream)('*', { signal: makeSignal(), limit: 1 })).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: 'bus.stream: signal must be an AbortSignal, not an object.',
    }),
  );
});

/** Makes a controller like one of another realm, such as jsdom's. A new context of Node has no AbortSignal of its own. */
const FOREIGN_CONTROLLER = `
  class AbortSignal extends EventTarget {
    aborted = false;
    get [Symbol.toStringTag]() { return 'AbortSignal'; }
  }
  const signal = new AbortSignal();
  ({ signal, abort() { signal.aborted = true; signal.dispatchEvent(new Event('abort')); } })
`;

it.each<[string, () => AbortController]>([
  ['AbortSignal.any', () => new AbortController()],
  ['another realm', () => runInNewContext(FOREIGN_CONTROLLER, { EventTarget, Event }) as AbortController],
])('bus.stream takes the signal of %s.', async (from, makeController) => {
  await using bus = makeBus();
  const controller = makeController();
  const signal = from === 'AbortSignal.any' ? AbortSignal.any([controller.signal]) : controller.signal;
  const read = readAll(bus.stream('*', { signal }));
  await bus.publish('cat.spotted', 1);
  controller.abort();
  await bus.publish('cat.spotted', 2);
  expect(await read).toEqual([1]);
});

it('A signal that throws when the stream leaves it harms neither the flush nor close.', async () => {
  const handled: unknown[] = [];
  const bus = e.bus({ handlers: [e.router().on('cat.spotted', ({ event }) => handled.push(event.payload))] });
  const { signal } = new AbortController();
  signal.removeEventListener = () => {
    throw new Error('This signal throws');
  };
  const slow = bus.stream('*', { signal, limit: 1 });
  const open = bus.stream('*', { signal });
  const next = bus.stream('*');
  for (const payload of [1, 2, 3]) await bus.publish('cat.spotted', payload);
  expect(handled).toEqual([1, 2, 3]);
  expect(await next.next()).toMatchObject({ value: { payload: 1 } });
  await expect(slow.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  await bus.close();
  expect(await readAll(open)).toEqual([1, 2, 3]);
});

it('A delivery that is repeated for one listener is not streamed again.', async () => {
  const router = e.router().on('cat.spotted', () => {}, { name: 'index' });
  await using bus = e.bus({ handlers: [router] });
  const abort = new AbortController();
  const read = readAll(bus.stream('*', { signal: abort.signal }));
  const envelope = { id: 'one', name: 'cat.spotted', payload: 1, time: new Date() };
  await bus.deliver(envelope);
  await bus.deliver(envelope, { listener: 'index' });
  abort.abort();
  expect(await read).toEqual([1]);
});
