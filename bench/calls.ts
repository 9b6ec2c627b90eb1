/** These benchmarks show what a call costs in this process, compared with plain tRPC. */
import { compare } from './ab.ts';
import type { Table } from './report.ts';
import { ALL_HOOKS, bare, byHand, dispatch, events, noop } from './subjects.ts';

export async function* calls(rounds: number): AsyncGenerator<Table> {
  yield await compare(
    'A call, ÷ one with a no-op middleware (the second is the control)',
    [
      noop(),
      noop(),
      bare(),
      events('an empty scope', { events: 0, listeners: 1 }),
      events('1 event × 1 listener', { events: 1, listeners: 1 }),
      events('10 events × 10 listeners', { events: 10, listeners: 10 }),
    ],
    rounds,
    [undefined, undefined, undefined, { atMost: 1.07 }, { atMost: 1.33 }, { atMost: 4.9 }],
  );
  yield await compare(
    'A call whose listeners wait for the response, ÷ one with a no-op middleware',
    [
      noop({ onClose: true }),
      events('an empty scope', { events: 0, listeners: 1, onClose: true }),
      events('1 event × 1 listener', { events: 1, listeners: 1, onClose: true }),
    ],
    rounds,
    [undefined, undefined, { atMost: 1.65 }],
  );
  yield await compare(
    'A call of 1 × 1 with an observer, ÷ one without',
    [
      events('no observer', { events: 1, listeners: 1 }),
      events('an empty observer', { events: 1, listeners: 1, observers: [{ name: 'empty' }] }),
      events('one with all hooks', { events: 1, listeners: 1, observers: [ALL_HOOKS] }),
    ],
    rounds,
    [undefined, { atMost: 1.15 }, { atMost: 1.3 }],
  );
  yield await compare('A dispatch, ÷ the same work by hand', [byHand(), dispatch()], rounds, [
    undefined,
    { atMost: 1.25 },
  ]);
  yield await compare(
    'A call of 1 × 1 among listeners of other events, ÷ one without those',
    [
      events('1 listener of 1', { events: 1, listeners: 1 }),
      events('1 listener of 10,000', { events: 1, listeners: 1, others: 9_999 }),
    ],
    rounds,
    [undefined, { atMost: 1.15 }],
  );
}
