import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { collector, e } from '../shop.ts';

/** Publishes a payload, and returns what a listener got. */
async function delivered(payload: unknown): Promise<unknown> {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish('cat.spotted', { it: payload });
  return (seen.payloads[0] as { it: unknown }).it;
}

/** Classes whose constructors take no length. */
class Tags extends Array<string> {
  constructor(tags: string[]) {
    if (!Array.isArray(tags)) throw new TypeError('a list of tags is needed');
    super();
    this.push(...tags);
  }
}
class Hash extends Uint8Array {
  constructor(text: string) {
    if (typeof text !== 'string') throw new TypeError('a text is needed');
    super(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer);
  }
}
/** Classes whose species says that their copies are of another class. */
class Elsewhere extends Array<number> {
  static override get [Symbol.species]() {
    return Tags as never;
  }
}
class Wide extends Uint8Array {
  static get [Symbol.species]() {
    return Uint16Array as never;
  }
}
it.each<[string, unknown, unknown]>([
  ['an array whose class wants a list', new Tags(['a', 'b']), ['a', 'b']],
  ['an array whose copies are of another class', Elsewhere.of(1, 2), [1, 2]],
  ['an array that lies about its keys', Object.assign([1, 2], { keys: () => [5].values() }), [1, 2]],
  [
    'an array with holes',
    Object.assign([], { 1: { a: 1 }, length: 3 }),
    Object.assign([], { 1: { a: 1 }, length: 3 }),
  ],
  ['an array of another realm', runInNewContext('class A extends Array {} A.of(1)'), [1]],
  ['bytes whose class wants a text', new Hash('ab'), Uint8Array.of(97, 98)],
  ['bytes whose copies are of another class', Wide.of(1, 2), Uint8Array.of(1, 2)],
  ['bytes of another realm', runInNewContext('Uint8Array.of(1, 2)'), Uint8Array.of(1, 2)],
  ['numbers of another realm', runInNewContext('Float32Array.of(0.5)'), Float32Array.of(0.5)],
  ['big numbers of a subclass', new (class extends BigInt64Array {})([5n]), BigInt64Array.of(5n)],
  ['a Buffer', Buffer.from('ab'), Buffer.from('ab')],
  ['a Buffer of another realm', runInNewContext('B.from("ab")', { B: Buffer }), Buffer.from('ab')],
])('The copy of %s is of a class of this realm.', async (_, payload, expected) => {
  const got = (await delivered(payload)) as object;
  expect(got).toStrictEqual(expected);
  expect(Object.getPrototypeOf(got)).toBe(Object.getPrototypeOf(expected));
  expect(got).not.toBe(payload);
});

it('The copy of a Buffer shares its memory with nothing.', async () => {
  const { buffer, byteOffset, byteLength } = (await delivered(Buffer.from('ab'))) as Buffer;
  expect([byteOffset, byteLength, buffer.byteLength]).toEqual([0, 2, 2]);
});

const refuse = () => {
  throw new RangeError('not for you');
};
it.each<[string, object, string]>([
  ['a descriptor', new Proxy({ a: 1 }, { getOwnPropertyDescriptor: refuse }), '.a'],
  ['an item', new Proxy([1], { has: refuse }), '[0]'],
  ['the length', new Proxy([1], { get: refuse }), ''],
  ['the keys', new Proxy({ a: 1 }, { ownKeys: refuse }), ''],
  ['the prototype', new Proxy({ a: 1 }, { getPrototypeOf: refuse }), ''],
  ['the class of an array', Object.defineProperty([1], 'constructor', { get: refuse }), ''],
  ['the class of bytes', Object.defineProperty(Uint8Array.of(1), 'constructor', { get: refuse }), ''],
])('A payload that refuses to give %s is refused with its path.', async (_, payload, place) => {
  await using bus = e.bus({ handlers: [] });
  await expect(bus.publish('cat.spotted', { list: [payload] })).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    message: `The payload of "cat.spotted" can't be read, at list[0]${place}: it threw RangeError.`,
  });
});

it('A member that is not copied is not blamed for what another throws.', async () => {
  await using bus = e.bus({ handlers: [] });
  const payload = Object.defineProperties(
    {},
    { hidden: { get: refuse }, seen: { get: refuse, enumerable: true } },
  );
  await expect(bus.publish('cat.spotted', payload)).rejects.toThrow(', at seen: it threw RangeError.');
});
