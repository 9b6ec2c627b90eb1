import { deserialize, registerCustom, serialize, SuperJSON } from 'superjson';
import { expect, it } from 'vitest';
import { cloudEvents, type Transformer } from '../../src/wire/index.ts';
import { thrownBy } from '../core/shop.ts';
import { eventOf } from './shop.ts';

class Money {
  constructor(readonly cents: number) {}
}
class Unknown {
  readonly at = new Date(0);
}

/** Makes a superjson that knows `Money`, and turns it into what the argument returns. */
function transformerFor(serialize: (money: Money) => unknown): SuperJSON {
  const transformer = new SuperJSON();
  transformer.registerCustom<Money, any>(
    {
      isApplicable: (value): value is Money => value instanceof Money,
      serialize: (money) => serialize(money) as never,
      deserialize: (cents) => new Money(cents),
    },
    'Money',
  );
  return transformer;
}
const refusedBy = (transformer: Transformer, payload: unknown) =>
  thrownBy(() => cloudEvents({ transformer }).encode(eventOf(payload)));
const cannotTravel = (why: string) => ({
  code: 'NOT_SERIALIZABLE',
  message: `The payload of "cat.spotted" can't travel in a message${why}.`,
});

it('A superjson that writes another version, which no reader accepts, is refused when it writes.', () => {
  // This transformer writes no version, like superjson before 2.2.3.
  const old: Transformer = {
    serialize(value) {
      const { json, meta } = serialize(value);
      return { json, meta: { values: meta!.values } };
    },
    deserialize: (value) => deserialize(value),
  };
  expect(refusedBy(old, { at: new Date(0) })).toMatchObject(
    cannotTravel(': its superjson is of another version than that of superjson 2.2.3 and later'),
  );
});

it('Instances that a transformer does not know are found beside known ones, and inside the values that it makes of those.', () => {
  const transformer = transformerFor(({ cents }) => cents);
  transformer.registerCustom<{ plain: true }, { plain: true }>(
    {
      isApplicable: (value): value is { plain: true } =>
        typeof value === 'object' && value !== null && 'plain' in value,
      serialize: (value) => ({ ...value }),
      deserialize: () => ({ plain: true }),
    },
    'plain',
  );
  const unknown = 'it is an instance of a class that the transformer does not know by registerCustom';
  expect(refusedBy(transformer, { a: { plain: true }, b: new Unknown() })).toMatchObject(
    cannotTravel(`, at b: ${unknown}`),
  );
  expect(
    refusedBy(
      transformerFor(() => ({ of: new Unknown() })),
      [new Money(1)],
    ),
  ).toMatchObject(cannotTravel(`, at [0].of: ${unknown}`));
});

it.each([
  ['a bigint', 5n],
  ['undefined', undefined],
  ['NaN', Number.NaN],
  ['a Date', new Date(0)],
])('A transformer that turns an instance into %s is refused.', (_, made) => {
  expect(
    refusedBy(
      transformerFor(() => made),
      { price: new Money(1) },
    ),
  ).toMatchObject({ code: 'NOT_SERIALIZABLE' });
});

it('A class that was registered by registerClass is refused.', () => {
  const transformer = new SuperJSON();
  transformer.registerClass(Money);
  expect(refusedBy(transformer, { price: new Money(1) })).toMatchObject(
    cannotTravel(': its superjson revives an instance by registerClass: only registerCustom may do that'),
  );
});

it('Types that an application registers at the default instance of superjson do not affect the default codec.', () => {
  registerCustom<Date, string>(
    {
      isApplicable: (value): value is Date => value instanceof Date && value.getTime() === 7,
      serialize: () => 'seven',
      deserialize: () => new Date(7),
    },
    'seven',
  );
  const codec = cloudEvents();
  const payload = { at: new Date(7) };
  expect(codec.decode(codec.encode(eventOf(payload))).payload).toEqual(payload);
});
