import { describe, expect, test } from 'vitest';
import { compilePatterns } from '../../src/core/catalog/pattern.ts';
import { parseFilter } from '../../src/story/index.ts';
import { compilePattern } from '../../src/story/pattern.ts';
import { randomOf } from '../setup/random.ts';
import { entry, storyOf } from './told.ts';

const T0 = 1_700_000_000_000;

const story = storyOf([
  ...call('run.1', 'users.signUp', 'mutation', 5),
  entry('dispatched', T0, {
    root: 'run.1',
    event: 'e-1',
    name: 'user.created',
    by: 'run.1-c',
    meta: '{"tenant":"acme","deep":{"n":7}}',
  }),
  ...attempt('run.1', 'e-1', 'sendWelcomeMail', { ok: true }),
  ...call('run.2', 'orders.place', 'mutation', 1200, {
    name: 'TRPCError',
    message: 'taken',
    code: 'CONFLICT',
  }),
  entry('dispatched', T0, { root: 'run.2', event: 'e-2', name: 'order.placed', by: 'run.2-c' }),
  entry('dropped', T0, { root: 'run.2', event: 'e-2', reason: 'failed' }),
  ...call('run.3', 'users.list', 'query', 2),
  entry('dispatched', T0, { root: 'run.4', event: 'e-4', name: 'mail.sent' }),
  entry('unhandled', T0, { root: 'run.4', event: 'e-4' }),
  entry('arrived', T0, {
    root: 'run.5',
    event: 'e-5',
    name: 'order.placed',
    process: 'worker',
    number: 1,
    destination: 'orders',
  }),
  ...attempt('run.5', 'e-5', 'ship', {
    ok: false,
    error: { name: 'Error', message: 'Out of "paper"', cause: { name: 'Jam', message: 'tray 2' } },
  }),
  entry('opened', T0, {
    root: 'run.6',
    call: 'run.6-c',
    scope: 'call',
    path: 'carts.open',
    type: 'mutation',
    defer: 'auto',
  }),
  entry('dispatched', T0, { root: 'run.6', event: 'e-6', name: 'cart.opened', by: 'run.6-c' }),
]);

function call(root: string, path: string, type: string, ms: number, error?: object) {
  const id = `${root}-c`;
  return [
    entry('opened', T0, { root, call: id, scope: 'call', path, type, defer: 'auto' }),
    entry('settled', T0 + ms, { root, call: id, ok: error === undefined, ...(error && { error }) }),
  ];
}

function attempt(root: string, event: string, listener: string, end: object) {
  const id = `${root}-${listener}`;
  const about = { event, listener, listenerKind: 'listener', number: 1, of: 1 };
  return [
    entry('started', T0 + 5, { root, attempt: id, ...about, process: 'worker' }),
    entry('finished', T0 + 9, { root, attempt: id, ...end, process: 'worker' }),
  ];
}

function found(text: string): string {
  const filter = parseFilter(text);
  if ('error' in filter) return filter.error;
  return story.calls
    .filter((it) => filter.matches(it, T0 + 60_000))
    .map(({ id }) => id.slice(4))
    .join(' ');
}

test.for([
  ['', '1 2 3 4 5 6'],
  ['   ', '1 2 3 4 5 6'],
  ['users', '1 3'],
  ['USERS.sign', '1'],
  ['sendWelcomeMail', '1'],
  ['conflict', '2'],
  ['taken', '2'],
  ['tray', '5'],
  ['e-4', '4'],
  ['order.placed', '2 5'],
  ['user.*', '1'],
  ['*.{placed,sent}', '2 4 5'],
  ['order.?laced', '2 5'],
  ['[om]*', '2 4 5'],
  ['failed', '2 5'],
  ['dropped', '2'],
  ['unhandled', '4'],
  ['waiting', '6'],
  ['running', '6'],
  ['mutation', '1 2 6'],
  ['query', '3'],
  ['publish', '4'],
  ['queue', '5'],
  ['subscription', ''],
  ['>100ms', '2 6'],
  ['>1s', '2 6'],
  ['<3', '3 4'],
  ['>2min', ''],
  ['process:worker', '1 5'],
  ['process:web', '1 2 3 4 6'],
  ['meta.tenant:acme', '1'],
  ['meta.deep.n:7', '1'],
  ['meta.tenant:acm', ''],
  ['-users', '2 4 5 6'],
  ['-failed', '1 3 4 6'],
  ['-order.* mutation', '1 6'],
  ['failed mutation', '2'],
  ['"failed"', ''],
  ['"Out of"', '5'],
  ['-"users.list" query', ''],
  ['payload:ada users', '1 3'],
  ['payload:', '1 2 3 4 5 6'],
  ['"', '1 2 3 4 5 6'],
  ['constructor __proto__', ''],
] as const)('%o finds the calls %o.', ([text, ids]) => {
  expect(found(text)).toBe(ids);
});

test('The payload is left to the server, with or without quotes.', () => {
  expect(parseFilter('failed payload:ada')).toMatchObject({ payload: 'ada' });
  expect(parseFilter('payload:"ada lovelace"')).toMatchObject({ payload: 'ada lovelace' });
  expect(parseFilter('failed')).toMatchObject({ payload: undefined });
});

test.for([
  ['*{', '*{ opens a group that nothing closes'],
  ['user.[ab', 'user.[ab opens a group that nothing closes'],
  ['user.a}', 'user.a} closes a group that nothing opens'],
  ['user.a]', 'user.a] closes a group that nothing opens'],
  ['{a,{b,c}}', '{a,{b,c}} has a group within a group'],
  ['{a}', '{a} has a group without a comma'],
  ['[]', '[] has an empty group'],
  ['[z-a]', '[z-a] has a range that goes from the higher sign to the lower one'],
  ['a(*', 'a(* has (, which is no part of a pattern. Put it in "quotes" to find it as text'],
  ['a\u202e*', 'a\\u202e* has \\u202e, which is no part of a pattern. Put it in "quotes" to find it as text'],
  ['{a,b}'.repeat(9), `${'{a,b}'.repeat(9)} has too many alternatives`],
  ['>fast', '>fast is no time, such as >100ms, >2s or <1min'],
  ['>', '> is no time, such as >100ms, >2s or <1min'],
  ['>1h', '>1h is no time, such as >100ms, >2s or <1min'],
  ['-payload:x', 'payload: can be asked for once, and not excluded'],
  ['payload:x payload:y', 'payload: can be asked for once, and not excluded'],
] as const)('%o is refused: %o', ([text, error]) => {
  expect(found(text)).toBe(error);
});

describe('A pattern', () => {
  const random = randomOf(4);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const PARTS = [
    'a',
    'b',
    'user',
    '.',
    '.',
    '*',
    '**',
    '?',
    '{a,b}',
    '{a*,b.?,}',
    '[ab]',
    '[^a]',
    '[a-c]',
    '-',
    ':',
    '_1',
  ];

  test('selects the names that the catalog would select by it.', () => {
    let selected = 0;
    for (let i = 0; i < 4000; i++) {
      const pattern = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(PARTS)).join('');
      const name = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
        Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
          pick(['a', 'b', 'c', 'user', '-', ':', '_1']),
        ).join(''),
      ).join('.');
      let catalog: (name: string) => boolean;
      try {
        catalog = compilePatterns(pattern).selects;
      } catch {
        continue; // The catalog refuses more, such as two dots in a row.
      }
      const isSelected = catalog(name);
      if (isSelected) selected++;
      expect(`${pattern} ${name} ${compilePattern(pattern)(name)}`).toBe(`${pattern} ${name} ${isSelected}`);
    }
    expect(selected).toBeGreaterThan(100);
  });

  test('takes no time that explodes.', () => {
    const began = performance.now();
    for (let i = 0; i < 100; i++) compilePattern(`${'*a'.repeat(40)}*b`)('a'.repeat(5000));
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
