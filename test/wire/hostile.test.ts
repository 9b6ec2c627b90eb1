import { afterAll, expect, it } from 'vitest';
import { cloudEvents } from '../../src/wire/index.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from './hostile.ts';
import { hostileBus, isRefusal, millisecondsOfWork, told } from './hostile-bus.ts';
import { messageOf, SECRET, setPart, type Message } from './hostile-shop.ts';
import { mutatedOf } from './mutated.ts';
import { Random } from './random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 10_000);
/** The asserted limit for one text. The goal, 50 ms, is only printed, because garbage collection counts too. */
const MOST_MS = 1000;

const codec = cloudEvents();
const { seen, refusalOf, isPolluted, wasPolluted, close } = hostileBus();
afterAll(close);

it('The good messages that the hostile ones are made from arrive.', async () => {
  const random = new Random(SEED);
  const good = Array.from({ length: 200 }, () => messageOf(random));
  for (const message of good) expect(await refusalOf(codec, JSON.stringify(message))).toBe(undefined);
  for (const [part, values] of [
    ['data', { at: ['Date'] }],
    ['meta', { of: { at: ['Date'] } }],
  ] as const) {
    const [message] = good as [Message];
    setPart(message, part, { at: '2026-01-01' }, { values, v: 1 });
    expect(await refusalOf(codec, JSON.stringify(message))).toBe(undefined);
  }
  expect(seen.slice(-4)).toMatchObject([
    ...[1, 2].map(() => ({ payload: { at: new Date('2026-01-01') } })),
    ...[1, 2].map(() => ({ meta: { of: { at: new Date('2026-01-01') } } })),
  ]);
  expect(seen.splice(0)).toHaveLength(404);
});

it(`${COUNT} hostile texts are refused: no listener sees one, nothing is polluted, and no error repeats their content.`, async () => {
  const random = new Random(SEED);
  const kinds = new Map<string, number>();
  const slow: { ms: number; kind: string }[] = [];
  for (let i = 0; i < COUNT; i++) {
    const { kinds: done, text } = hostileOf(random);
    const start = millisecondsOfWork();
    const error = await refusalOf(codec, text);
    const ms = millisecondsOfWork() - start;
    slow.push({ ms, kind: done.join(', ') });
    for (const kind of done) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const is = {
      code: error?.code,
      isTold: told(error).includes(SECRET),
      isPolluted: isPolluted(),
      seen: seen.length,
    };
    if (!isRefusal(is.code) || is.isTold || is.isPolluted || is.seen > 0 || ms > MOST_MS)
      throw new Error(
        `FUZZ_SEED=${SEED}, text ${i} (${done.join(', ')}), ${Math.round(ms)} ms: ${JSON.stringify(is)}\n${text.slice(0, 2000)}`,
        { cause: error },
      );
  }
  expect(wasPolluted()).toBe(false);
  slow.sort((a, b) => b.ms - a.ms);
  const [slowest, second] = slow as [(typeof slow)[0], (typeof slow)[0]];
  printFigure(
    `seed ${SEED} (FUZZ_SEED): ${COUNT} hostile texts of ${kinds.size} kinds refused; the slowest took ${slowest.ms.toFixed(1)} ms (${slowest.kind}), then ${second.ms.toFixed(1)} (${second.kind}); ${slow.filter(({ ms }) => ms > 50).length} over 50 ms`,
  );
}, 120_000);

it('Messages that are changed blindly are refused, or their event comes back equal when it is encoded again.', async () => {
  const random = new Random(SEED);
  let taken = 0;
  for (let i = 0; i < COUNT / 4; i++) {
    const text = mutatedOf(random);
    const error = await refusalOf(codec, text);
    const [event] = seen.splice(0);
    try {
      expect(isPolluted()).toBe(false);
      if (event === undefined) {
        expect(error?.code).toSatisfy(isRefusal);
        expect(told(error)).not.toContain(SECRET);
      } else {
        taken++;
        const { source = '/trpc-events', time } = event;
        expect(codec.decode(codec.encode(event))).toEqual({ ...event, source, time: time.toISOString() });
      }
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${SEED}, text ${i}: ${text.slice(0, 2000)}`, { cause });
    }
  }
  expect(wasPolluted()).toBe(false);
  printFigure(
    `seed ${SEED} (FUZZ_SEED): of ${COUNT / 4} messages changed blindly, ${taken} were still good ones`,
  );
}, 120_000);
