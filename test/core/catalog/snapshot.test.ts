import { expect, it } from 'vitest';
import { collector, e } from '../shop.ts';

/** Dispatches a payload, changes the original right after, and returns what a listener got. */
async function delivered<T>(payload: T, change: (payload: T) => void = () => {}): Promise<T> {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.scope(({ dispatch }) => {
    dispatch('cat.spotted', payload);
    change(payload);
  });
  return seen.payloads[0] as T;
}

/** Values that a dispatch must copy: their name, how to make one, and how to change it. */
const copied: [string, () => object, (it: never) => void][] = [
  ['a plain object', () => ({ a: 1 }), (it: { a: number }) => (it.a = 2)],
  ['an array', () => [1, 2], (it: number[]) => it.push(3)],
  ['a Date', () => new Date(0), (it: Date) => it.setFullYear(2000)],
  ['a Map', () => new Map([['a', 1]]), (it: Map<string, number>) => it.set('a', 2)],
  ['a Set', () => new Set([1]), (it: Set<number>) => it.add(2)],
  ['an ArrayBuffer', () => Uint8Array.of(1, 2).buffer, (it: ArrayBuffer) => new Uint8Array(it).fill(9)],
  ['a Uint8Array', () => Uint8Array.of(1, 2), (it: Uint8Array) => it.fill(9)],
  ['an Int16Array', () => Int16Array.of(-1, 300), (it: Int16Array) => it.fill(9)],
  ['a Float64Array', () => Float64Array.of(0.5), (it: Float64Array) => it.fill(9)],
  ['a BigInt64Array', () => BigInt64Array.of(5n), (it: BigInt64Array) => it.fill(9n)],
  ['a Buffer', () => Buffer.from('abc'), (it: Buffer) => it.fill(0)],
  ['a DataView', () => new DataView(new ArrayBuffer(2)), (it: DataView) => it.setInt8(0, 9)],
  [
    'a DataView on part of a buffer',
    () => new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2),
    (it: DataView) => it.setInt8(1, 9),
  ],
  [
    'a view on part of a buffer',
    () => new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2),
    (it: Uint8Array) => it.fill(9),
  ],
];

it.each(copied)(
  '%s is copied, both as the payload itself and in an object, a list or a Map.',
  async (_, make, change) => {
    for (const [wrap, unwrap] of [
      [(value: object) => value, (got: unknown) => got],
      [(value: object) => ({ value }), (got: unknown) => (got as { value: unknown }).value],
      [(value: object) => [value], (got: unknown) => (got as unknown[])[0]],
      [(value: object) => new Map([['a', value]]), (got: unknown) => (got as Map<string, unknown>).get('a')],
    ] as const) {
      const value = make();
      const got = unwrap(await delivered<unknown>(wrap(value), () => change(value as never)));
      expect(got).toStrictEqual(make());
      expect(value).not.toStrictEqual(make());
    }
  },
);

it('An object without a prototype is copied like a plain object.', async () => {
  const value = Object.assign(Object.create(null) as { a: number }, { a: 1 });
  expect(await delivered(value, (it) => (it.a = 2))).toStrictEqual({ a: 1 });
});

it('Plain objects and arrays are frozen at every depth of the copy, and not in the original.', async () => {
  const payload = { list: [{ deep: [1] }], map: new Map([['a', { b: 1 }]]) };
  const got = await delivered(payload);
  for (const frozen of [got, got.list, got.list[0], got.list[0]!.deep, got.map.get('a')]) {
    expect(Object.isFrozen(frozen)).toBe(true);
  }
  expect(Object.isFrozen(payload) || Object.isFrozen(payload.list)).toBe(false);
});

it('The keys and items of Maps and Sets are copied too.', async () => {
  const key = { k: 1 };
  const item = { i: 1 };
  const got = await delivered({ map: new Map([[key, item]]), set: new Set([item]) }, () => {
    key.k = 2;
    item.i = 2;
  });
  expect([...got.map]).toEqual([[{ k: 1 }, { i: 1 }]]);
  expect([...got.set]).toEqual([{ i: 1 }]);
});

class Money {
  #cents = 5;
  cents = () => this.#cents;
}
class SpecialMap extends Map<string, number> {}

it.each<[string, object]>([
  ['an instance of a class', new Money()],
  ['a function', () => 1],
  ['an Error', new Error('no')],
  ['a RegExp', /a/],
  ['a URL', new URL('http://localhost')],
  ['an instance of a subclass of Map', new SpecialMap([['a', 1]])],
  ['a SharedArrayBuffer', new SharedArrayBuffer(2)],
  ['a promise', Promise.resolve()],
])('%s is passed by reference and not frozen.', async (_, value) => {
  const got = await delivered({ value });
  expect(got.value).toBe(value);
  expect(Object.isFrozen(value)).toBe(false);
});

it('Holes, undefined, symbols as keys and values, NaN and -0 survive the copy.', async () => {
  const key = Symbol('key');
  const list: unknown[] = [];
  list[1] = 'after a hole';
  const payload = { u: undefined, zero: -0, [key]: key, n: Number.NaN, list };
  const got = await delivered(payload);
  expect(got).toStrictEqual(payload);
  expect(0 in got.list).toBe(false);
});

it('Objects under symbols are copied and frozen, at every depth.', async () => {
  const key = Symbol('key');
  const payload = { [key]: { n: 1, list: [1] }, inner: { [key]: new Date(0) } };
  const got = await delivered(payload, (it) => {
    it[key].n = 2;
    it[key].list.push(2);
    it.inner[key].setFullYear(2000);
  });
  expect(got).toStrictEqual({ [key]: { n: 1, list: [1] }, inner: { [key]: new Date(0) } });
  expect(Object.isFrozen(got[key]) && Object.isFrozen(got[key].list)).toBe(true);
});

it('A getter in a payload is read once, at dispatch.', async () => {
  let reads = 0;
  const got = await delivered({
    get value() {
      return ++reads;
    },
  });
  expect([got.value, got.value, reads]).toEqual([1, 1, 1]);
});

it('An own __proto__ key is copied as data, and pollutes no prototype.', async () => {
  const hostile = JSON.parse('{"__proto__":{"admin":true},"deep":{"__proto__":{"admin":true}}}') as {
    deep: object;
  };
  const got = await delivered(hostile);
  for (const object of [got, got.deep]) {
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect((object as { admin?: boolean }).admin).toBe(undefined);
    expect(Object.keys(object)).toContain('__proto__');
    expect(Object.isFrozen(Object.getOwnPropertyDescriptor(object, '__proto__')?.value)).toBe(true);
  }
  expect(({} as { admin?: boolean }).admin).toBe(undefined);
});

it('An object that a payload refers to several times becomes several copies.', async () => {
  const shared = { a: 1 };
  const got = await delivered({ one: shared, two: shared, list: [shared] });
  expect(got.one).toEqual(shared);
  expect(got.one).not.toBe(got.two);
  expect(got.two).not.toBe(got.list[0]);
});
