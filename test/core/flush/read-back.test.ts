import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  initEvents,
  unchecked,
  type AnyEvent,
  type EventForwarder,
  type EventsError,
} from '../../../src/index.ts';
import { cloudEvents } from '../../../src/wire/index.ts';

class Money {
  cents = 5;
}
const cents = z.number().transform((euros) => euros * 100);
const catalog = defineEvents({
  'price.set': z.object({ price: z.object({ cents }) }),
  'price.seen': z.object({ at: z.date() }),
  'money.paid': unchecked<{ amount: Money }>(),
  'name.given': z
    .object({ name: z.string().max(3).or(z.literal('long')) })
    .transform(({ name }) => ({ name: `${name}…` })),
});
const e = initEvents.create(catalog);

/** Makes a forwarder that records what it gets. */
function recording(way: 'handle' | 'handleMany', codec?: EventForwarder['codec']) {
  const got: AnyEvent[] = [];
  const take =
    way === 'handle'
      ? { handle: (event: AnyEvent) => void got.push(event) }
      : { handleMany: (events: readonly AnyEvent[]) => void got.push(...events) };
  const forwarder = { name: 'mine', remote: true, local: false, codec, ...take } as EventForwarder;
  return { got, forwarder };
}

/** Dispatches one event of each kind in one flush, and returns why the forwarder did not get some of them. */
async function forward(forwarder: EventForwarder): Promise<string[]> {
  const errors: string[] = [];
  const letters: unknown[] = [];
  await using bus = e.bus({
    handlers: [forwarder as never],
    onError({ error }) {
      const { code, message } = error.cause as EventsError;
      errors.push(`${code} ${message}`);
    },
    deadLetter: ({ reason, attempts }) => void letters.push([reason, attempts]),
  });
  await bus.scope(({ dispatch }) => {
    dispatch('price.set', { price: { cents: 5 } });
    dispatch('price.seen', { at: new Date(0) });
    dispatch('money.paid', { amount: new Money() });
    dispatch('name.given', { name: 'abc' });
  });
  expect(letters).toEqual(errors.map(() => ['not-retriable', 0]));
  return errors;
}

const CHANGED =
  'NOT_SERIALIZABLE The payload of "price.set" arrives changed, at price.cents: its schema changes its own output, and validates it again where it arrives. Transform the value before the dispatch, or in the listener.';
const REFUSED = expect.stringMatching(
  /^NOT_SERIALIZABLE "name.given" would be refused where it arrives: An envelope is refused: /,
);

it.each(['handle', 'handleMany'] as const)(
  'A forwarder of one’s own, by %s, gets no event that would arrive changed or be refused, and all others.',
  async (way) => {
    const { got, forwarder } = recording(way);
    expect(await forward(forwarder)).toEqual([CHANGED, REFUSED]);
    expect(got.map(({ name }) => name)).toEqual(['price.seen', 'money.paid']);
  },
);

it('Through the codec of a forwarder, what it can not bring back is refused, too.', async () => {
  const { got, forwarder } = recording('handleMany', cloudEvents());
  expect(await forward(forwarder)).toEqual([
    CHANGED,
    expect.stringMatching(/^NOT_SERIALIZABLE .*amount/),
    REFUSED,
  ]);
  expect(got.map(({ name }) => name)).toEqual(['price.seen']);
});

it('A codec that loses a value is told from a schema that changes it.', async () => {
  const plain = {
    encode: (event: AnyEvent) => JSON.stringify(event),
    decode: (text: string) => JSON.parse(text),
  };
  const { forwarder } = recording('handle', plain);
  const errors = await forward(forwarder);
  expect(errors).toContain(
    'NOT_SERIALIZABLE The payload of "money.paid" arrives changed, at amount: the codec does not bring it back. Transform the value before the dispatch, or in the listener.',
  );
  // The schema refuses the text that JSON makes of a date.
  expect(errors).toContainEqual(
    expect.stringMatching(/^NOT_SERIALIZABLE "price.seen" would be refused where it arrives/),
  );
});

it('A key that is undefined, and is missing after JSON, is no difference.', async () => {
  const plain = {
    encode: (event: AnyEvent) => JSON.stringify(event),
    decode: (text: string) => JSON.parse(text),
  };
  const app = initEvents.create(defineEvents({ 'user.named': z.object({ name: z.string().optional() }) }));
  const { got, forwarder } = recording('handle', plain);
  const bus = app.bus({ handlers: [forwarder as never] });
  await bus.publish('user.named', { name: undefined });
  expect(got).toHaveLength(1);
});

it.each<[string, object, string]>([
  [
    'throws',
    { encode: () => JSON.stringify({ a: 1n }) },
    '"price.seen" can\'t be encoded: TypeError: Do not know how to serialize a BigInt',
  ],
  ['makes no text', { encode: () => undefined }, 'The codec made no text of "price.seen".'],
  [
    'loses the key',
    { decode: (text: string) => ({ ...JSON.parse(text), key: undefined, payload: { at: new Date(0) } }) },
    'The key of "price.seen" does not come back from its codec.',
  ],
])('A codec that %s is told.', async (_, wrong, message) => {
  const plain = {
    encode: (event: AnyEvent) => JSON.stringify(event),
    decode: (text: string) => JSON.parse(text),
  };
  const { got, forwarder } = recording('handle', { ...plain, ...wrong });
  const bus = e.bus({ handlers: [forwarder as never], onError() {} });
  const { failures } = await bus.publish('price.seen', { at: new Date(0) }, { key: 'k' });
  expect(failures).toMatchObject([{ error: { cause: { code: 'NOT_SERIALIZABLE', message } } }]);
  expect(got).toEqual([]);
});

it('A codec that is lossy is not asked whether events come back, and one that merely looks so is.', async () => {
  const plain = {
    encode: (event: AnyEvent) => JSON.stringify([event.name]),
    decode: vi.fn<() => never>(() => {
      throw new Error('it was read back');
    }),
  };
  const lossy = recording('handleMany', { ...plain, lossy: true });
  expect(await forward(lossy.forwarder)).toEqual([]);
  expect(lossy.got).toHaveLength(4);
  expect(plain.decode).not.toHaveBeenCalled();
  for (const other of [false, undefined, 'yes' as never]) {
    const { got, forwarder } = recording('handleMany', { ...plain, lossy: other });
    expect(await forward(forwarder)).toHaveLength(4);
    expect(got).toEqual([]);
  }
});

it('In production nothing is read back.', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  const codec = { encode: vi.fn<() => string>(), decode: vi.fn<() => never>() };
  const { got, forwarder } = recording('handle', codec);
  expect(await forward(forwarder)).toEqual([]);
  vi.unstubAllEnvs();
  expect([got.length, codec.encode.mock.calls.length]).toEqual([4, 0]);
});

it('A flush of events that all can not travel calls no handleMany.', async () => {
  const handleMany = vi.fn<() => void>();
  const forwarder = { name: 'mine', remote: true, local: false, handleMany } as unknown as EventForwarder;
  await using bus = e.bus({ handlers: [forwarder as never], onError() {} });
  await bus.publish('price.set', { price: { cents: 5 } });
  expect(handleMany).not.toHaveBeenCalled();
});

it.each([[{}], ['json'], [{ encode() {} }]])('A codec that is %o is refused.', (codec) => {
  const { forwarder } = recording('handle', codec as never);
  expect(() => e.bus({ handlers: [forwarder as never] })).toThrow(
    'e.bus, handler "mine": codec must be a codec, with encode and decode, not',
  );
});
