import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { cloudEvents } from '../../../src/wire/index.ts';
import { collector, e } from '../shop.ts';

/** Makes a value in a realm of its own, whose Object, Array, Date and so on are not those of this file. */
const foreign = (code: string): object => runInNewContext(`(${code})`) as object;

/** The code that makes an object of another realm, and the same object of this realm. */
const objects: [string, object][] = [
  ['{ a: { b: [1] } }', { a: { b: [1] } }],
  ['[1, { a: 2 }]', [1, { a: 2 }]],
  ['Object.create(null)', {}],
  ['new Date(5)', new Date(5)],
  ["new Map([['a', { n: 1 }]])", new Map([['a', { n: 1 }]])],
  ['new Set([1, 2])', new Set([1, 2])],
  ['Uint8Array.of(1, 2).buffer', Uint8Array.of(1, 2).buffer],
];

it.each(objects)('A payload of another realm is copied to this one: %s.', async (code, expected) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const payload = { inner: foreign(code) };
  await bus.publish('cat.spotted', payload);
  const [got] = seen.payloads as [typeof payload];
  expect(got.inner).toStrictEqual(expected);
  expect(got.inner).not.toBe(payload.inner);
  const isFrozen = Array.isArray(expected) || Object.getPrototypeOf(expected) === Object.prototype;
  expect(Object.isFrozen(got.inner)).toBe(isFrozen);
});

it.each(['Uint8Array.of(1, 2)', 'Float64Array.of(0.5, 2)', 'new DataView(Uint8Array.of(1, 2).buffer, 1)'])(
  'Bytes of another realm are copied: %s.',
  async (code) => {
    const seen = collector();
    await using bus = e.bus({ handlers: [seen.handler] });
    const bytes = foreign(code) as Uint8Array;
    await bus.publish('cat.spotted', bytes);
    const [got] = seen.payloads as [Uint8Array];
    expect(got.buffer).not.toBe(bytes.buffer);
    expect(got.byteLength).toBe(bytes.byteLength);
    expect(new Uint8Array(got.buffer)).toEqual(
      new Uint8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    );
  },
);

it.each([
  'new (class Map {})()',
  'new (class extends Date {})(5)',
  'new (class User {})()',
  'new Error("no")',
])('An instance of a class of another realm is passed by reference: %s.', async (code) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const instance = foreign(code);
  await bus.publish('cat.spotted', { instance });
  expect((seen.payloads[0] as { instance: object }).instance).toBe(instance);
});

it.each(objects.slice(0, 6))(
  'A codec takes an object of another realm as one of its own: %s.',
  (code, expected) => {
    const { encode, decode } = cloudEvents();
    const event = { id: '1', name: 'cat.spotted', time: new Date(0), depth: 0, meta: {}, correlationId: '1' };
    const text = encode({ ...event, payload: { inner: foreign(code) } });
    expect(decode(text).payload).toStrictEqual({ inner: expected });
  },
);

it('A codec tells an Error of another realm from an instance of a class.', () => {
  const event = { id: '1', name: 'cat.spotted', time: new Date(0), payload: foreign('new TypeError("no")') };
  expect(() => cloudEvents().encode(event as never)).toThrow('it is an Error');
});

it('deliver takes a Date of another realm as the time of an event.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const time = foreign('new Date(5)') as Date;
  await bus.deliver({ id: '1', name: 'cat.spotted', payload: 1, time });
  expect(seen.events[0]!.time).toStrictEqual(new Date(5));
});
