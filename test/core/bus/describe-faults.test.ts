import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { printFigure } from '../../setup/figure.ts';
import { described } from './describe-parts.ts';

describe('no schema', () => {
  const plain = v.object({ id: v.string() });

  it('An event whose library gives no JSON Schema has a reason that names the option.', () => {
    for (const schema of [plain, unchecked()]) {
      const event = described(schema);
      expect(event.schema).toBe(undefined);
      expect(event.reason).toBe('Its library has no Standard JSON Schema, and jsonSchema gives undefined.');
    }
  });

  it('`jsonSchema` describes these events, and is not asked for others.', () => {
    const asked: string[] = [];
    const jsonSchema = (_: StandardSchemaV1, name: string) => {
      asked.push(name);
      return { type: 'object', enum: [null], title: name };
    };
    const catalog = defineEvents({ a: plain, b: z.string(), c: unchecked() });
    const { events } = initEvents.create(catalog).bus({ handlers: [] }).describe({ jsonSchema });
    expect(asked).toEqual(['a', 'c']);
    expect(events[0]).toMatchObject({
      vendor: 'valibot',
      schema: { type: 'object', enum: [null], title: 'a' },
    });
  });

  it.each<[string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no\nidea');
      },
      'Error: no idea',
    ],
    [
      'throws undefined',
      () => {
        throw undefined;
      },
      'undefined',
    ],
    ['returns a text', () => '{}', 'jsonSchema gives "{}".'],
    ['returns a list', () => [{}], 'jsonSchema gives a list.'],
    ['returns null', () => null, 'jsonSchema gives null.'],
    ['returns a promise', async () => ({}), 'jsonSchema gives a promise.'],
    [
      'returns a promise that rejects',
      () => Promise.reject(new Error('late')),
      'jsonSchema gives a promise.',
    ],
    ['returns a bigint in it', () => ({ maximum: 1n }), 'BigInt'],
    [
      'returns a cycle',
      () => {
        const it: { it?: object } = {};
        it.it = it;
        return it;
      },
      'circular',
    ],
  ])('A `jsonSchema` that %s costs its own event only.', (_, jsonSchema, reason) => {
    const catalog = defineEvents({ a: plain, b: z.string() });
    const { events } = initEvents
      .create(catalog)
      .bus({ handlers: [] })
      .describe({ jsonSchema: jsonSchema as never });
    expect(events[0]!.schema).toBe(undefined);
    expect(events[0]!.reason).toContain(reason);
    expect(events[1]!.schema).toMatchObject({ type: 'string' });
  });

  it('A library that throws, or knows no such target, costs its own event only.', () => {
    const throwing = {
      ...unchecked()['~standard'],
      vendor: 'mine',
      jsonSchema: {
        output() {
          throw new Error('not me');
        },
      },
    };
    const catalog = defineEvents({ a: { '~standard': throwing } as never, b: type('string'), c: z.string() });
    const { events } = initEvents.create(catalog).bus({ handlers: [] }).describe({ target: 'openapi-3.0' });
    expect(events.map(({ vendor, reason }) => [vendor, reason])).toEqual([
      ['mine', 'Error: not me'],
      ['arktype', expect.stringContaining("target 'openapi-3.0' is not supported") as string],
      ['zod', undefined],
    ]);
  });

  it('A schema that can no longer be read costs its own event only.', () => {
    let isBroken = false;
    const schema = {
      get '~standard'() {
        if (isBroken) throw new Error('gone');
        return unchecked()['~standard'];
      },
    };
    const bus = initEvents.create(defineEvents({ a: schema, b: z.string() })).bus({ handlers: [] });
    isBroken = true;
    expect(bus.describe().events).toMatchObject([
      { name: 'a', vendor: 'unknown', reason: 'Error: gone' },
      { name: 'b', schema: { type: 'string' } },
    ]);
  });
});

describe('large catalogs', () => {
  const busOf = (count: number, listeners: number) => {
    const schema = () =>
      z.object({
        id: z.string(),
        total: z.number(),
        at: z.date().default(() => new Date()),
        tags: z.array(z.string()),
      });
    const events = Array.from({ length: count }, (_, i) => [`room${i % 20}.event${i}`, schema()] as const);
    const e = initEvents.create(defineEvents(Object.fromEntries(events)));
    const router = e.router();
    for (let i = 0; i < listeners; i++) router.on(`room${i % 20}.*`, () => {});
    return e.bus({ handlers: [router] });
  };
  /** Returns the CPU time of this thread, so that other work on the machine does not count. */
  const work = () => {
    // Node.js 22 only knows the CPU time of all threads together.
    const own = (process as Partial<NodeJS.Process>).threadCpuUsage?.();
    const { user, system } = own ?? process.cpuUsage();
    return (user + system) / 1000;
  };

  it('A catalog of 300 events is described within 100 ms of work.', () => {
    const runs = Array.from({ length: 3 }, () => {
      const bus = busOf(300, 100);
      const start = work();
      bus.describe();
      return work() - start;
    });
    printFigure(
      `describe, 300 events and 100 listeners: ${runs.map((ms) => ms.toFixed(0)).join(', ')} ms of CPU`,
    );
    expect(Math.min(...runs)).toBeLessThan(100);
  });

  it('A catalog of 2,000 events, and one of none, are described.', () => {
    const { events, listeners } = busOf(2000, 20).describe();
    expect(events).toHaveLength(2000);
    expect(events.every(({ schema, takenBy }) => schema !== undefined && takenBy.length === 1)).toBe(true);
    expect(listeners.map(({ events }) => events.length)).toEqual(Array.from({ length: 20 }, () => 100));
    const none = initEvents.create(defineEvents({})).bus({ handlers: [] });
    expect(none.describe()).toMatchObject({ events: [], listeners: [] });
  });
});
