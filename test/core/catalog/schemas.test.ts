import { type } from 'arktype';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { defineEvents, type EventsError, initEvents, unchecked } from '../../../src/index.ts';
import { collector } from '../shop.ts';

const libraries = {
  zod: defineEvents({
    placed: z.object({ id: z.string(), total: z.number().default(1), at: z.coerce.date() }),
  }),
  'zod 3': defineEvents({
    placed: z3.object({ id: z3.string(), total: z3.number().default(1), at: z3.coerce.date() }),
  }),
  valibot: defineEvents({
    placed: v.object({
      id: v.string(),
      total: v.optional(v.number(), 1),
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
    }),
  }),
  arktype: defineEvents({
    placed: type({ '+': 'delete', id: 'string', total: 'number = 1', at: 'string.date.parse' }),
  }),
};

it.each(Object.entries(libraries))(
  'With %s, listeners get the output of the schema: defaults filled in, unknown keys stripped, values transformed.',
  async (_, catalog) => {
    const seen = collector();
    await using bus = initEvents
      .create(catalog as typeof libraries.valibot)
      .bus({ handlers: [seen.handler] });
    const input = { id: '1', at: '2026-11-24T08:00:00.000Z', extra: true };
    await bus.publish('placed', input);
    expect(seen.payloads).toEqual([{ id: '1', total: 1, at: new Date('2026-11-24T08:00:00.000Z') }]);
    expect(input).toEqual({ id: '1', at: '2026-11-24T08:00:00.000Z', extra: true });
  },
);

it.each(Object.entries(libraries))(
  'With %s, a bad payload fails with INVALID_PAYLOAD, the issues, and the path of the first one.',
  async (_, catalog) => {
    await using bus = initEvents.create(catalog).bus({ handlers: [collector().handler] });
    const error = await bus
      .publish('placed', { id: 7, at: '2026-11-24' } as never)
      .catch((e: EventsError) => e);
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD' });
    expect((error as EventsError).issues).toHaveLength(1);
    expect((error as EventsError).message).toMatch(
      /^The payload of "placed" is not what its schema asks for, at id: /,
    );
  },
);

it('The error message writes the path of an issue as code would, and counts further issues.', async () => {
  const order = z.object({ user: z.object({ tags: z.array(z.string()) }), 'a-b': z.number() });
  await using bus = initEvents
    .create(defineEvents({ placed: order }))
    .bus({ handlers: [collector().handler] });
  const error = await bus
    .publish('placed', { user: { tags: ['a', 1] } } as never)
    .catch((e: EventsError) => e);
  expect((error as EventsError).message).toMatch(/, at user\.tags\[1\]: .* \(and 1 more: see `issues`\)$/);
});

it('An unchecked event delivers any payload unchanged.', async () => {
  const seen = collector();
  const catalog = defineEvents({ any: unchecked<unknown>() });
  await using bus = initEvents.create(catalog).bus({ handlers: [seen.handler] });
  const values = [undefined, null, 0, '', false, 1n, [], {}, Symbol.iterator];
  for (const value of values) await bus.publish('any', value);
  expect(seen.payloads).toEqual(values);
});

const asynchronous = {
  'a zod refinement': z.object({ id: z.string().refine(async () => true) }),
  'a zod transform': z.object({ id: z.string().transform(async (id) => id) }),
  'a valibot check': v.objectAsync({
    id: v.pipeAsync(
      v.string(),
      v.checkAsync(async () => true),
    ),
  }),
  'a schema that gives a thenable': {
    '~standard': {
      version: 1,
      vendor: 'test',
      // oxlint-disable-next-line unicorn/no-thenable -- the test is about a thenable
      validate: () => ({ then: (done: (result: object) => void) => done({ value: {} }) }),
    },
  },
};

it.each(Object.entries(asynchronous))(
  'An asynchronous schema is refused, and the error names its event: %s.',
  async (_, schema) => {
    const seen = collector();
    const e = initEvents.create(defineEvents({ placed: schema as z.ZodObject }));
    await using bus = e.bus({ handlers: [seen.handler] });
    const refused = {
      code: 'INVALID_PAYLOAD',
      message: expect.stringMatching(/^The schema of the payload of "placed" validates asynchronously /),
    };
    await expect(bus.publish('placed', { id: '1' })).rejects.toMatchObject(refused);
    await expect(bus.scope(({ dispatch }) => dispatch('placed', { id: '1' }))).rejects.toMatchObject(refused);
    expect(seen.events).toEqual([]);
  },
);

it('A schema function that throws ends the dispatch, and nothing is delivered.', async () => {
  const fail = () => {
    throw new RangeError('out of range');
  };
  const own = { '~standard': { version: 1, vendor: 'test', validate: fail } } as const;
  const catalog = defineEvents({ zod: z.string().transform(fail), own: own as never });
  const seen = collector();
  await using bus = initEvents.create(catalog).bus({ handlers: [seen.handler] });
  // zod tries again asynchronously after any error, so the message must allow for both causes.
  await expect(bus.publish('zod', 'a')).rejects.toThrow('with zod, a function in it threw');
  await expect(bus.publish('own', 'a' as never)).rejects.toThrow(RangeError);
  expect(seen.events).toEqual([]);
});
