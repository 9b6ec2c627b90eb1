import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../../src/index.ts';
import { expectConsole } from '../../setup/console.ts';
import { thrownBy } from '../shop.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Evaluates a version of a module of events, whose catalog has these events. */
function evaluate(names: readonly string[]) {
  const schema = z.object({ id: z.string() });
  const e = initEvents.create(
    defineEvents(Object.fromEntries(names.map((name) => [name, schema])) as Record<'a', typeof schema>),
  );
  const seen: string[] = [];
  const router = e.router();
  router.on('*', ({ event }) => seen.push(`${event.name} ${event.payload.id}`));
  const bus = e.bus({
    handlers: [router],
    onDiscard: ({ event, reason }) => seen.push(`${event.payload.id}: ${reason}`),
  });
  return { e, bus, seen };
}

/** Dispatches an event that may not be in the catalog. */
const dispatch = ({ e }: ReturnType<typeof evaluate>, name: string, id = '1') =>
  e.dispatch(name as 'a', { id });

const EDITS = [
  { edit: 'An event was added', before: ['a', 'b'], after: ['a', 'b', 'c'] },
  { edit: 'The second event was added', before: ['a'], after: ['a', 'b'] },
  { edit: 'An event was removed', before: ['a', 'b', 'c'], after: ['a', 'b'] },
  { edit: 'An event was renamed', before: ['a', 'b', 'c'], after: ['a', 'b', 'd'] },
];
const OTHERS = [
  { other: 'One event in common', one: ['a', 'b'], two: ['a', 'c'] },
  { other: 'The small catalog of a part', one: ['a', 'b'], two: ['a', 'b', 'c', 'd', 'e'] },
  { other: 'A large part in common', one: ['a', 'b', 'c', 'd'], two: ['a', 'b', 'e', 'f'] },
];

describe('in development', () => {
  beforeEach(() => vi.stubEnv('NODE_ENV', 'development'));

  it.each(EDITS)('$edit: what both versions know goes on working on the bus of the older.', async (edit) => {
    const lines = expectConsole();
    const older = evaluate(edit.before);
    const newer = evaluate(edit.after);
    await older.bus.scope(async () => {
      dispatch(newer, 'a', '1');
      newer.e.scope(() => dispatch(newer, 'a', '2'));
      const failing = newer.e.scope(async () => {
        dispatch(newer, 'a', '3');
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
    });
    expect(older.seen.sort()).toEqual(['3: failed', 'a 1', 'a 2']);
    expect(newer.seen).toEqual([]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^trpc-events: NO_SCOPE in production: e\.dispatch was called .*: only (this e|the other) has "\w"/,
      ),
      expect.stringMatching(/^trpc-events: NO_SCOPE in production: e\.scope /),
    ]);
  });

  it('An event that only the newer version knows is UNKNOWN_EVENT, which says what to do.', async () => {
    expectConsole();
    const older = evaluate(['a', 'b']);
    const newer = evaluate(['a', 'b', 'added']);
    await older.bus.scope(() => {
      expect(thrownBy(() => dispatch(newer, 'added'))).toMatchObject({
        code: 'UNKNOWN_EVENT',
        message:
          'The catalog has no event "added". Known are "a", "b". If you have edited the catalog, the bus has another version of it. Restart, or use sharedBus of trpc-events/next.',
      });
    });
  });

  it('A line is printed for each difference, and only once.', async () => {
    const lines = expectConsole();
    const { bus } = evaluate(['a', 'b']);
    const copies = [['a', 'b', 'c'], ['a', 'b', 'c'], ['a']].map(evaluate);
    await bus.scope(() => {
      for (const copy of [...copies, ...copies]) dispatch(copy, 'a');
    });
    expect(lines).toEqual([
      'trpc-events: NO_SCOPE in production: e.dispatch was called outside any scope of this e. A scope of another builder is open here, with other events: only this e has "c". Use the e of that builder, or open a scope of a bus of this e. If you have edited the catalog, the bus has another version of it. Restart, or use sharedBus of trpc-events/next.',
      expect.stringContaining('only the other has "b"'),
    ]);
  });

  it.each(OTHERS)('$other: a scope of really other events is NO_SCOPE.', async ({ one, two }) => {
    const mine = evaluate(one);
    const other = evaluate(two);
    for (const [outer, inner] of [
      [mine, other],
      [other, mine],
    ] as const)
      await outer.bus.scope(() => {
        expect(thrownBy(() => dispatch(inner, 'a'))).toMatchObject({ code: 'NO_SCOPE' });
        expect(thrownBy(() => inner.e.scope(() => {}))).toMatchObject({ code: 'NO_SCOPE' });
      });
  });

  it.each([...EDITS, { edit: 'The same', before: ['a', 'b'], after: ['a', 'b'] }])(
    '$edit: where the scopes of both are open, each e uses its own, nested either way.',
    async ({ before, after }) => {
      for (const [outer, inner] of [
        [evaluate(before), evaluate(after)],
        [evaluate(after), evaluate(before)],
      ] as const) {
        await outer.bus.scope(() =>
          inner.bus.scope(() => {
            dispatch(outer, 'a', 'outer');
            dispatch(inner, 'a', 'inner');
          }),
        );
        expect([outer.seen, inner.seen]).toEqual([['a outer'], ['a inner']]);
      }
    },
  );

  it('A scope of the same names comes before one of a version, though it is farther out.', async () => {
    const version = evaluate(['a', 'b']);
    const copy = evaluate(['a', 'b', 'c']);
    await copy.bus.scope(() =>
      version.bus.scope(() => dispatch(evaluate(['a', 'b', 'c']), 'a', 'of the copy')),
    );
    expect([copy.seen, version.seen]).toEqual([['a of the copy'], []]);
  });
});

describe.each([['production'], ['test']])('if NODE_ENV is %s', (environment) => {
  it.each(EDITS)('$edit: the other is another builder, which is NO_SCOPE.', async ({ before, after }) => {
    vi.stubEnv('NODE_ENV', environment);
    await evaluate(before).bus.scope(() => {
      expect(thrownBy(() => dispatch(evaluate(after), 'a'))).toMatchObject({ code: 'NO_SCOPE' });
    });
  });
});
