import type { ReceiveOptions, Verdict } from '../../src/queue/index.ts';

/** A payload that no report may have. */
export const SECRET = 'a payload';

/** A message, what is to become of it, and what the worker of it is like. */
export interface Case {
  readonly name: string;
  readonly text: string;
  readonly verdict: Verdict;
  readonly acknowledge?: ReceiveOptions['acknowledge'];
  readonly fails?: boolean;
  readonly hasDeadLetter?: boolean;
  readonly unhandled?: 'error' | 'ignore';
}

export const textOf = (over: object = {}): string =>
  JSON.stringify({
    specversion: '1.0',
    id: 'event',
    type: 'order.placed',
    source: '/shop',
    time: '2026-01-01T00:00:00Z',
    data: { id: '1' },
    ...over,
  });

const UNKNOWN = textOf({ type: 'order.shipped' });
const BAD = textOf({ data: { id: [SECRET] } });
const UNHANDLED = textOf({ type: 'mail.sent', data: { to: 'a' } });

/** What every consumer does in the same way. */
export const CASES: readonly Case[] = [
  { name: 'handled', text: textOf(), verdict: 'acknowledge' },
  { name: 'of an event that no listener takes', text: UNHANDLED, verdict: 'acknowledge' },
  {
    name: 'of an event that no listener takes, which is an error',
    text: UNHANDLED,
    unhandled: 'error',
    verdict: 'retry',
  },
  { name: 'whose listener failed', text: textOf(), fails: true, verdict: 'retry' },
  { name: 'no JSON', text: SECRET, verdict: 'leave' },
  { name: 'with a bad payload', text: BAD, verdict: 'leave' },
  { name: 'of an unknown event', text: UNKNOWN, verdict: 'leave' },
  {
    name: 'no JSON, where refused ones are acknowledged',
    text: SECRET,
    acknowledge: ['refused'],
    verdict: 'acknowledge',
  },
  {
    name: 'with a bad payload, where unknown ones are acknowledged',
    text: BAD,
    acknowledge: ['unknown'],
    verdict: 'leave',
  },
  {
    name: 'of an unknown event, where those are acknowledged',
    text: UNKNOWN,
    acknowledge: ['unknown'],
    verdict: 'acknowledge',
  },
  {
    name: 'of an unknown event, where refused ones are acknowledged',
    text: UNKNOWN,
    acknowledge: ['refused'],
    verdict: 'acknowledge',
  },
  {
    name: 'whose listener failed, where those are acknowledged',
    text: textOf(),
    fails: true,
    acknowledge: ['failed'],
    hasDeadLetter: true,
    verdict: 'acknowledge',
  },
];
