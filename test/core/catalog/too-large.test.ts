import { expect, it } from 'vitest';
import { collector, e } from '../shop.ts';

/** Makes a nested object in which each level occurs twice in the next, so that the leaf is at 2 ** levels places. */
function doubled(levels: number): unknown {
  let value: unknown = { leaf: true };
  for (let i = 0; i < levels; i++) value = { one: value, two: value };
  return value;
}
function twice(value: unknown): unknown[] {
  return Array.from({ length: 20_000 }, () => value);
}
const sparse: unknown[] = [];
sparse.length = 2 ** 32 - 1;

it.each<[string, unknown]>([
  ['one object at 2 to the 60 places', doubled(60)],
  ['a list at many places', twice(Array.from({ length: 20_000 }, (_, i) => i))],
  ['a Map at many places', twice(new Map(Array.from({ length: 1000 }, (_, i) => [i, i])))],
  ['a Set at many places', twice(new Set(Array.from({ length: 1000 }, (_, i) => i)))],
  [
    'an object with many keys at many places',
    twice(Object.fromEntries(Array.from({ length: 100 }).entries())),
  ],
  ['bytes at many places', twice(new Uint8Array(2 ** 20))],
  ['a buffer at many places', twice(new ArrayBuffer(2 ** 20))],
  ['a length of 4 billion', sparse],
])('A payload that is too large is refused, not copied for minutes: %s.', async (_, payload) => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await expect(bus.publish('cat.spotted', payload)).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    message:
      'The payload of "cat.spotted" is too large: more than 1000000 values, where an object counts at each place where it stands. Send what the listeners need, not the whole tree.',
  });
  await expect(bus.publish('cat.spotted', 1, { meta: { payload } })).rejects.toMatchObject({
    code: 'META_FAILED',
    message: expect.stringContaining('The meta of an event is too large: more than 1000000 values'),
  });
  await bus.publish('cat.spotted', doubled(10));
  expect(seen.payloads).toEqual([doubled(10)]);
});

it('A huge payload that is also too deep, or contains itself, is refused quickly and for that reason.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  await expect(bus.publish('cat.spotted', doubled(300))).rejects.toThrow('nested deeper than 200 levels');
  const top: Record<string, unknown> = { big: Array.from({ length: 50_000 }, (_, i) => ({ i })) };
  top['again'] = { top };
  await expect(bus.publish('cat.spotted', top)).rejects.toThrow('contains itself, at again.top');
});

it('A getter that dispatches does not use up the size limit of the payload around it.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const list = Array.from({ length: 600_000 }, () => 0);
  await bus.scope(({ dispatch }) =>
    dispatch('cat.spotted', {
      get inner() {
        dispatch('cat.spotted', list);
        return 'read';
      },
      list,
    }),
  );
  expect(seen.events).toHaveLength(2);
});
