import { compare, type Case, type Result } from './ab.ts';
import { byHand, dispatch, events, noop } from './subjects.ts';

/** The rounds, set by `npm run bench -- 200`. More rounds make the quartiles narrower. */
const rounds = Number(process.argv[2] ?? 60);

const groups: { readonly cases: readonly Case[]; readonly goals: readonly number[] }[] = [
  {
    cases: [
      noop(),
      noop(),
      events('an empty scope', { events: 0, listeners: 1 }),
      events('1 event × 1 listener', { events: 1, listeners: 1 }),
      events('10 events × 10 listeners', { events: 10, listeners: 10 }),
    ],
    goals: [Number.NaN, Number.NaN, 1.08, 1.35, 6],
  },
  { cases: [byHand(), dispatch()], goals: [Number.NaN, 1.5] },
  {
    cases: [
      events('1 listener of 1', { events: 1, listeners: 1 }),
      events('1 listener of 10,000', { events: 1, listeners: 1, others: 9_999 }),
    ],
    goals: [Number.NaN, 1.15],
  },
];

console.log(
  `Node ${process.version}, ${rounds} interleaved rounds; the ratio is the median of those within a round, ÷ the first of its group`,
);
for (const { cases, goals } of groups) {
  const results = await compare(cases, rounds);
  console.log('');
  for (const [i, result] of results.entries()) console.log(line(result, goals[i]!));
}

function line({ name, ns, ratio }: Result, goal: number): string {
  const time = `${ns.median.toFixed(0)} ns`.padStart(10);
  const quartiles = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`.padEnd(14);
  const verdict = Number.isNaN(goal) ? '' : `goal ≤ ${goal}: ${ratio.median <= goal ? 'met' : 'missed'}`;
  return `${name.padEnd(26)} ${time}   × ${ratio.median.toFixed(2)}  (${quartiles}) ${verdict}`.trimEnd();
}
