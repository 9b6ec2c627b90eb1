import { inspect } from 'node:util';
import { type } from 'arktype';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type Envelope, type EventsError } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

const throwing = <T>(field: string): T =>
  Object.defineProperty({}, field, {
    get() {
      throw new Error('top secret');
    },
    enumerable: true,
  }) as T;
const app = initEvents.create(
  defineEvents({
    'by.zod': z.strictObject({ id: z.string(), scores: z.record(z.string(), z.number()).optional() }),
    'by.valibot': v.object({ id: v.pipe(v.string(), v.email()), kind: v.optional(v.literal('cat')) }),
    'by.arktype': type({ id: 'string.email' }),
    'by.hand': {
      '~standard': {
        version: 1,
        vendor: 'hand',
        validate(value): { value: unknown } {
          throw new RangeError(`no ${JSON.stringify(value)}`);
        },
      },
    },
  }),
);

const time = new Date(0);

async function refusalOf(envelope: object): Promise<EventsError> {
  const seen = collector();
  await using bus = app.bus({ handlers: [seen.handler] });
  const error = await bus.deliver(envelope as Envelope).then(
    () => undefined,
    (error: unknown) => error as EventsError,
  );
  expect(seen.events).toEqual([]);
  expect(error).toMatchObject({ code: 'BAD_MESSAGE' });
  return error!;
}

it.each<[string, string, unknown, string]>([
  ['zod', 'by.zod', { id: 7, 'top secret': 1 }, ', at id: it is a number, and 1 more'],
  ['zod, of an unknown key', 'by.zod', { id: '', 'top secret': 1 }, ': it is an object'],
  ['zod, of a record', 'by.zod', { id: '', scores: { 'top secret': '' } }, ', at scores.…: it is a string'],
  ['valibot', 'by.valibot', { id: 'top secret' }, ', at id: it is a string'],
  ['valibot, of a literal', 'by.valibot', { id: 'a@b.cc', kind: 'top secret' }, ', at kind: it is a string'],
  ['arktype', 'by.arktype', { id: 'top secret' }, ', at id: it is a string'],
  ['no payload', 'by.zod', undefined, ': it is missing'],
])(
  'A schema message, which may quote the payload, is not shown when the error is printed: %s.',
  async (_, name, payload, why) => {
    const error = await refusalOf({ id: 'a', time, name, payload });
    expect(error.message).toBe(
      `An envelope is refused: the payload of "${name}" is not what its schema asks for${why} (see \`issues\`).`,
    );
    expect(error.issues!.length).toBeGreaterThan(0);
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('top secret');
  },
);

it.each<[string, object, string]>([
  [
    'a schema that throws',
    { id: 'a', time, name: 'by.hand', payload: 'top secret' },
    'the payload of "by.hand" can\'t be read: it threw RangeError',
  ],
  ['a getter of the envelope', throwing('name'), "it can't be read: it threw Error"],
  [
    'a getter of the payload',
    { id: 'a', time, name: 'by.valibot', payload: throwing('id') },
    'The payload of "by.valibot" can\'t be read, at id: it threw Error',
  ],
  [
    'a getter of meta',
    { id: 'a', time, name: 'by.zod', payload: { id: '1' }, meta: throwing('a') },
    "The meta of an event can't be read, at a: it threw Error",
  ],
])('An error thrown by reading an envelope is reported without its text: %s.', async (_, envelope, why) => {
  const error = await refusalOf(envelope);
  expect(error.message).toBe(`An envelope is refused: ${why}.`);
  expect(inspect(error, { depth: 9 })).not.toContain('top secret');
});

it('A field of an envelope is read once, so that listeners get the value that was checked.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const reads: Record<string, number> = {};
  const values: Record<string, unknown[]> = {
    id: ['a', 7],
    name: ['user.created', 'cat.spotted'],
    payload: [{ id: '1' }, 'forged'],
    time: ['2026-01-01T00:00:00Z', 'soon'],
    depth: [1, 99],
    meta: [{ tenant: 't' }, 7],
    key: ['k', 7],
  };
  const envelope = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(values).map(([field, [first, second]]) => [
        field,
        {
          get() {
            reads[field] = (reads[field] ?? 0) + 1;
            return reads[field] === 1 ? first : second;
          },
          enumerable: true,
        },
      ]),
    ),
  );
  await bus.deliver(envelope as Envelope);
  expect(seen.events).toMatchObject([
    { id: 'a', name: 'user.created', payload: { id: '1' }, depth: 1, meta: { tenant: 't' }, key: 'k' },
  ]);
  expect(Object.values(reads)).toEqual(Object.keys(values).map(() => 1));
});
