import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../src/index.ts';
import { testBus } from '../../src/testing/index.ts';

const catalog = defineEvents({
  'price.set': z.object({ price: z.object({ cents: z.number().transform((euros) => euros * 100) }) }),
  'tag.added': z.array(z.string().transform((tag) => `#${tag}`)),
  'seen.at': z.object({
    days: z.map(
      z.string(),
      z.date().transform((at) => new Date(at.getTime() + 1)),
    ),
  }),
  'name.given': z.object({ name: z.string().trim().toLowerCase(), at: z.date().default(() => new Date()) }),
  'balance.set': z.object({ debt: z.number().transform((credit) => -credit) }),
  'zero.found': z.any(),
  'note.left': z.object({ text: z.string().optional(), url: z.url().optional() }).strip(),
});
const e = initEvents.create(catalog);

function changing() {
  const reports: string[] = [];
  const seen: AnyEvent[] = [];
  const router = e.router().on('*', ({ event }) => void seen.push(event));
  const options = {
    handlers: [router],
    onError: ({ error }: { error: Error }) => void reports.push(String(error.cause)),
  };
  return { options, reports, seen };
}

it.each([{ throughCodec: true }, { deliverTwice: true }])(
  'A payload that its schema changes again where it arrives is reported with its path, given %j.',
  async (faults) => {
    const { options, reports, seen } = changing();
    await using bus = testBus(e, { ...options, faults });
    await bus.publish('price.set', { price: { cents: 5 } });
    await bus.publish('tag.added', ['new']);
    await bus.publish('seen.at', { days: new Map([['monday', new Date(0)]]) });
    const why = 'its schema changes its own output, and validates it again where it arrives.';
    expect(reports).toEqual([
      `EventsError: The payload of "price.set" arrives changed, at price.cents: ${why} Transform the value before the dispatch, or in the listener.`,
      expect.stringContaining(`The payload of "tag.added" arrives changed, at [0]: ${why}`),
      expect.stringContaining(`The payload of "seen.at" arrives changed, at days[0][1]: ${why}`),
    ]);
    expect(seen).toEqual([]);
  },
);

it('A schema that leaves its own output as it is passes: defaults, trimmed texts, unknown keys.', async () => {
  const { options, reports, seen } = changing();
  await using bus = testBus(e, { ...options, faults: { throughCodec: true } });
  await bus.publish('name.given', { name: ' Ada ' });
  await bus.publish('note.left', { text: undefined, url: 'http://localhost/', more: 1 } as never);
  expect(reports).toEqual([]);
  expect(seen.map(({ payload }) => payload)).toMatchObject([{ name: 'ada' }, { url: 'http://localhost/' }]);
});

/** The codec keeps -0 apart from 0, so a worker gets what a local listener gets, unless the schema makes another one. */
it('A zero whose sign the schema changes where it arrives is reported, and one that only travels is not.', async () => {
  const { options, reports, seen } = changing();
  await using bus = testBus(e, { ...options, faults: { throughCodec: true } });
  await bus.publish('balance.set', { debt: 0 });
  expect(reports).toEqual([expect.stringContaining('"balance.set" arrives changed, at debt:')]);
  expect(seen).toEqual([]);
  const zeros = [-0, 0, [-0, { a: -0 }], new Map([['a', -0]]), new Map([[-0, 'a']]), new Set([-0])];
  for (const zero of zeros) await bus.publish('zero.found', zero);
  expect(reports).toHaveLength(1);
  expect(seen.map(({ payload }) => payload)).toEqual(zeros);
});
