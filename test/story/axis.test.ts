import { describe, expect, test } from 'vitest';
import { axisOf, barsOf, rowsOf, type Call, type Entry } from '../../src/story/index.ts';
import { randomOf } from '../setup/random.ts';
import { axisOfCall, entry, storyOf } from './told.ts';

const T0 = 1_700_000_000_000;
const opened = entry.bind(undefined, 'opened');

/** A call with listeners, all times in ms from its start. */
interface Program {
  readonly call: number;
  readonly answered?: number;
  readonly listeners: readonly (readonly [from: number, to: number | undefined])[];
}

function entriesOf({ call, answered, listeners }: Program): Entry[] {
  const entries = [
    opened(T0, { call: 'run-1', scope: 'call', path: 'users.signUp', type: 'mutation', defer: 'auto' }),
    entry('dispatched', T0 + call / 2, { event: 'e-1', name: 'user.created', by: 'run-1' }),
    entry('settled', T0 + call, { call: 'run-1', ok: true }),
  ];
  if (answered !== undefined) entries.push(entry('answered', T0 + answered, { call: 'run-1' }));
  listeners.forEach(([from, to], i) => {
    const attempt = `run-a${i}`;
    const about = { event: 'e-1', listener: `l${i}`, listenerKind: 'listener', number: 1, of: 1 };
    entries.push(entry('started', T0 + from, { attempt, ...about }));
    if (to !== undefined) entries.push(entry('finished', T0 + to, { attempt, ok: true }));
  });
  return entries;
}

const callOf = (program: Program): Call => storyOf(entriesOf(program)).calls[0]!;
const axis = (program: Program, width = 600, now = T0 + 100_000) => axisOfCall(callOf(program), width, now);

test('The response of a call of 5 ms stands right of zero, though a listener takes 120 ms or 2 min.', () => {
  for (const end of [120, 120_000]) {
    const { x, response } = axis({ call: 5, answered: 5, listeners: [[5, end]] });
    expect(response.words).toBe('response sent, 5 ms');
    expect(response.x).toBeGreaterThanOrEqual(24);
    expect(x(T0)).toBe(0);
    expect(x(T0 + end)).toBeGreaterThan(400);
  }
});

test('Why there is no line is shown with escapes, whatever another process says.', () => {
  const why = '\u202ewhy'.repeat(50);
  const entries = [
    ...entriesOf({ call: 5, listeners: [] }),
    entry('unanswered', T0 + 5, { call: 'run-1', why }),
  ];
  const { response } = axisOfCall(storyOf(entries).calls[0]!);
  expect(response.words).toMatch(/^no response here: \\u202ewhy\\u202e/);
  expect(response.words.length).toBeLessThan(250);
});

test('Work after a long call has room right of the line of its response.', () => {
  const { response, x } = axis({ call: 900, answered: 900, listeners: [[900, 901]] });
  expect(response.x).toBeLessThanOrEqual(576);
  expect(x(T0 + 901)).toBeGreaterThan(response.x!);
});

test('A back-off of a minute is cut to 48 px, and says how long it is.', () => {
  const story = storyOf([
    ...entriesOf({ call: 5, answered: 5, listeners: [] }),
    entry('started', T0 + 6, {
      attempt: 'run-2',
      event: 'e-1',
      listener: 'mail',
      listenerKind: 'listener',
      number: 1,
      of: 2,
    }),
    entry('finished', T0 + 40, { attempt: 'run-2', ok: false }),
    entry('backedOff', T0 + 40, { attempt: 'run-2', delay: 64_000 }),
    entry('started', T0 + 64_040, {
      attempt: 'run-3',
      event: 'e-1',
      listener: 'mail',
      listenerKind: 'listener',
      number: 2,
      of: 2,
    }),
    entry('finished', T0 + 64_100, { attempt: 'run-3', ok: true }),
  ]);
  const call = story.calls[0]!;
  const { folds, x } = axisOfCall(call, 600, T0 + 70_000);
  expect(folds).toHaveLength(1);
  expect(folds[0]).toMatchObject({ ms: 64_000, words: '// 1 min 4 s' });
  expect(folds[0]!.to - folds[0]!.from).toBeCloseTo(48);
  expect(x(T0 + 40)).toBeCloseTo(folds[0]!.from);
  expect(x(T0 + 64_040)).toBeCloseTo(folds[0]!.to);
  expect(barsOf(rowsOf(call)[2]!, T0 + 70_000).map(({ kind, mark }) => `${kind} ${mark}`)).toEqual([
    'attempt retrying',
    'backOff waiting',
    'attempt succeeded',
  ]);
});

test.for([
  [
    'of under a second',
    [
      [5, 10],
      [1004, 1010],
    ],
    0,
  ],
  [
    'of less than a third of the axis',
    [
      [5, 10_000],
      [13_000, 20_000],
    ],
    0,
  ],
  [
    'of over a second and a third',
    [
      [5, 10],
      [1100, 1110],
    ],
    1,
  ],
  [
    'that is over a third once a longer one is cut',
    [
      [5, 10],
      [60_000, 60_100],
      [90_000, 90_100],
    ],
    2,
  ],
] as const)('A stretch %s is folded or not.', ([, listeners, folds]) => {
  expect(axis({ call: 5, answered: 5, listeners }).folds).toHaveLength(folds);
});

test('Ticks are round, apart, in order, and the last one has the unit.', () => {
  const { ticks } = axis({ call: 5, answered: 5, listeners: [[5, 187]] });
  expect(ticks.map(({ label }) => label).join(' ')).toMatch(/^0 (\d+ )+\d+ ms$/);
  const later = axis({ call: 5, answered: 5, listeners: [[5, 3200]] }).ticks;
  expect(later.at(-1)!.label).toMatch(/^[\d.]+ s$/);
  for (const [i, { x }] of ticks.entries()) if (i > 0) expect(x - ticks[i - 1]!.x).toBeGreaterThanOrEqual(64);
});

test('Milliseconds before a fold and seconds after it each say their unit.', () => {
  const listeners = [
    [5, 9],
    [1503, 1511],
  ] as const;
  const labels = axis({ call: 5, answered: 5, listeners }).ticks.map(({ label }) => label);
  expect(labels).toEqual(['0', '5 ms', '1.505 s', '1.51 s']);
});

/** Returns a random call, with or without a response, some of whose listeners may still run. */
function programOf(random: () => number): Program {
  const time = () => Math.round(10 ** (random() * 5.5)) - 1 + random();
  const call = time();
  const listeners = Array.from({ length: Math.floor(random() * 8) }, () => {
    const from = time();
    return [from, random() < 0.1 ? undefined : from + time()] as const;
  });
  return { call, listeners, ...(random() < 0.8 && { answered: call + (random() < 0.5 ? 0 : time()) }) };
}

describe('In any timeline', () => {
  const random = randomOf(17);
  const programs = Array.from({ length: 300 }, () => programOf(random));
  const now = T0 + 400_000;

  test('later is never further left, and all is on the axis.', () => {
    for (const program of programs) {
      const width = 60 + Math.floor(random() * 1500);
      const { x } = axis(program, width, now);
      const times = [0, ...Array.from({ length: 200 }, () => random() * 500_000 - 1000), 5e8].sort(
        (a, b) => a - b,
      );
      const places = times.map((time) => x(T0 + time));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places[0]).toBeGreaterThanOrEqual(0);
      expect(places.at(-1)).toBeLessThanOrEqual(width + 1e-6);
    }
  });

  test('nothing runs in what is folded.', () => {
    let folded = 0;
    for (const program of programs) {
      const call = callOf(program);
      const rows = rowsOf(call);
      const { folds, x } = axisOf(call, rows, now, 600);
      folded += folds.length;
      for (const row of rows)
        for (const { from, to, kind } of barsOf(row, now))
          for (const fold of folds) {
            if (kind === 'backOff' || kind === 'queue') continue;
            expect(
              x(from) <= fold.from + 1e-6 ? x(to ?? now) <= fold.from + 1e-6 : x(from) >= fold.to - 1e-6,
            ).toBe(true);
          }
    }
    expect(folded).toBeGreaterThan(100);
  });

  test('a bar has at least 3 px, and ends on the axis.', () => {
    for (const program of programs) {
      const call = callOf(program);
      const rows = rowsOf(call);
      const { bar } = axisOf(call, rows, now, 600);
      for (const { from, to } of rows.flatMap((row) => barsOf(row, now))) {
        const { x, width } = bar(from, to);
        expect(width).toBeGreaterThanOrEqual(3);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(600 + 1e-6);
      }
    }
  });

  test('the line of the response is 24 px from either edge.', () => {
    for (const program of programs) {
      const { response } = axis(program, 600, now);
      if (program.answered === undefined) expect(response).not.toHaveProperty('x');
      else {
        expect(response.x).toBeGreaterThanOrEqual(24);
        expect(response.x).toBeLessThanOrEqual(576);
      }
    }
  });

  test('the same entries make the same axis.', () => {
    for (const program of programs.slice(0, 50)) {
      const [one, other] = [axis(program, 600, now), axis(program, 600, now)];
      expect(JSON.stringify(one)).toBe(JSON.stringify(other));
      expect(one.x(T0 + 77)).toBe(other.x(T0 + 77));
    }
  });
});
