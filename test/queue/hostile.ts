/** Hostile messages and good ones, for the tests of all consumers. */
import { expect } from 'vitest';
import type { AnyEvent, ErrorReport } from '../../src/index.ts';
import { hostileOf } from '../wire/hostile.ts';
import { e, messageOf } from '../wire/hostile-shop.ts';
import { Random } from '../wire/random.ts';
import { SCALE } from './scale.ts';

export const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** The number of hostile texts. `npm run test:faults` takes all. */
export const COUNT = SCALE === 1 ? 10_000 : 600;

/** Returns false for a text without an id. It is not hostile here, because the id of its message counts instead. */
const hasId = (text: string) => {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    return !text.startsWith('{') || (id !== undefined && id !== null);
  } catch {
    return true;
  }
};

/**
 * Makes texts of messages, a few good ones among bad ones, and a bus that notes what it gets. `others` are messages that other
 * programs may send, and `canTravel` says which texts the broker takes.
 */
export function hostileSet(others: readonly string[], canTravel: (text: string) => boolean) {
  const random = new Random(SEED);
  const made = Array.from({ length: COUNT }, () => hostileOf(random).text);
  const bad = [...others, ...made.filter((text) => canTravel(text) && hasId(text))];
  const good = Array.from({ length: 20 }, () => JSON.stringify(messageOf(random)));
  const texts = [...bad];
  for (const [i, text] of good.entries()) texts.splice(Math.floor((i * bad.length) / good.length), 0, text);
  const seen: AnyEvent[] = [];
  const reports: ErrorReport[] = [];
  const bus = e.bus({
    handlers: [e.router().on('**', ({ event }) => void seen.push(event), { name: 'all' })],
    onError: (report) => void reports.push(report),
    meta: () => ({ tenant: 'none' }),
  });
  return {
    bus,
    texts,
    bad,
    good,
    /** Checks that only the good ones were handled, and that each other one was reported without its payload. */
    check(secret: string) {
      expect(seen).toHaveLength(good.length);
      expect(reports).toHaveLength(bad.length);
      for (const { error } of reports) {
        expect(['BAD_MESSAGE', 'UNKNOWN_EVENT']).toContain(error.code);
        expect(error.message).not.toContain(secret);
      }
    },
  };
}
