import type { DeadLetter } from '../../src/index.ts';
import type { AcknowledgeReason, Verdict } from '../../src/queue/types.ts';

/** Returns a message about an order, whose parts may be other ones. */
export const textOf = (over: object = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: 'event',
    type: 'order.placed',
    source: '/shop',
    time: '2026-01-01T00:00:00Z',
    data: { id: '1' },
    ...over,
  });

/** A text that no report may show. */
export const SECRET = 'a payload';
export const UNKNOWN = textOf({ type: 'order.shipped' });
export const BAD = textOf({ data: { id: [SECRET] } });
const UNHANDLED = textOf({ type: 'mail.sent', data: { to: 'a' } });
const NO_JSON = SECRET;

/** A message that each consumer must treat alike. */
export interface VerdictCase {
  readonly what: string;
  readonly text: string;
  /** True if the listener fails. Default: false. */
  readonly isDown?: boolean;
  readonly acknowledge?: readonly AcknowledgeReason[];
  readonly bus?: { readonly unhandled?: 'error'; readonly deadLetter?: (letter: DeadLetter) => void };
  readonly verdict: Verdict;
}

/** The table that all consumers pass. */
export const VERDICTS: readonly VerdictCase[] = [
  { what: 'handled', text: textOf(), verdict: 'acknowledge' },
  { what: 'of an event that no listener takes', text: UNHANDLED, verdict: 'acknowledge' },
  {
    what: 'of an event that no listener takes, where that is an error',
    text: UNHANDLED,
    bus: { unhandled: 'error' },
    verdict: 'retry',
  },
  { what: 'whose listener failed', text: textOf(), isDown: true, verdict: 'retry' },
  { what: 'no JSON', text: NO_JSON, verdict: 'leave' },
  { what: 'with a bad payload', text: BAD, verdict: 'leave' },
  { what: 'of an unknown event', text: UNKNOWN, verdict: 'leave' },
  {
    what: 'no JSON, where refused ones are acknowledged',
    text: NO_JSON,
    acknowledge: ['refused'],
    verdict: 'acknowledge',
  },
  {
    what: 'with a bad payload, where unknown ones are acknowledged',
    text: BAD,
    acknowledge: ['unknown'],
    verdict: 'leave',
  },
  {
    what: 'of an unknown event, where those are acknowledged',
    text: UNKNOWN,
    acknowledge: ['unknown'],
    verdict: 'acknowledge',
  },
  {
    what: 'of an unknown event, where refused ones are acknowledged',
    text: UNKNOWN,
    acknowledge: ['refused'],
    verdict: 'acknowledge',
  },
  {
    what: 'whose listener failed, where those are acknowledged',
    text: textOf(),
    isDown: true,
    acknowledge: ['failed'],
    bus: { deadLetter: () => {} },
    verdict: 'acknowledge',
  },
];
