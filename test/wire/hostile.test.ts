import { inspect } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import type { AnyEvent, EventsError } from '../../src/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from './hostile.ts';
import { e, messageOf, SECRET, setPart, type Message } from './hostile-shop.ts';
import { mutatedOf } from './mutated.ts';
import { Random } from './random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 10_000);
/** The asserted limit for one text. The goal, 50 ms, is only printed, because garbage collection counts too. */
const MOST_MS = 1000;

const codec = cloudEvents();
const seen: AnyEvent[] = [];
const bus = e.bus({
  handlers: [
    e.router().on('**', ({ event }) => void seen.push(event), { name: 'listener' }),
    { name: 'handler', handle: (event: AnyEvent) => void seen.push(event) },
  ],
  createContext: () => ({}),
  meta: () => ({ tenant: 'none', since: new Date(0) }),
});
afterAll(() => bus.close());

/** Built-in constructors and their prototypes, which no text may change. */
const shared = (
  'Object Array Function String Number Boolean BigInt Symbol Date Map Set RegExp Promise Error TypeError URL ' +
  'Uint8Array Float64Array ArrayBuffer'
)
  .split(' ')
  .map((name) => (globalThis as unknown as Record<string, Function>)[name]!)
  .flatMap((made) => [made, made.prototype as object]);
const membersOf = () =>
  shared.flatMap((object) =>
    Reflect.ownKeys(object).flatMap((key) => {
      const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)!;
      return [key, value, get, set] as unknown[];
    }),
  );
const before = membersOf();
const wasPolluted = () => {
  const members = membersOf();
  return members.length !== before.length || members.some((member, i) => !Object.is(member, before[i]));
};
const countKeys = () => shared.reduce((sum, object) => sum + Reflect.ownKeys(object).length, 0);
const keysBefore = countKeys();
/** A quick check for each text, by the number of keys. `wasPolluted` checks closely, once at the end. */
const isPolluted = () => countKeys() !== keysBefore;

/** A name that the catalog lacks has a code of its own: a newer version of the application may have sent it. */
const isRefusal = (code: unknown) => code === 'BAD_MESSAGE' || code === 'UNKNOWN_EVENT';

async function refusalOf(text: string): Promise<EventsError | undefined> {
  try {
    await bus.deliver(codec.decode(text));
    return undefined;
  } catch (error) {
    return error as EventsError;
  }
}

/** Returns the CPU time of this thread, so that other work on the machine does not count. */
function millisecondsOfWork(): number {
  // Node.js 22 only knows the CPU time of all threads together.
  const own = (process as Partial<NodeJS.Process>).threadCpuUsage?.();
  const { user, system } = own ?? process.cpuUsage();
  return (user + system) / 1000;
}

const causes = (error: unknown): unknown[] => (error instanceof Error ? [error, ...causes(error.cause)] : []);
const told = (error: unknown) =>
  [
    inspect(error, { depth: 9 }),
    JSON.stringify(error),
    ...causes(error).map((it) => `${String(it)} ${(it as Error).stack}`),
  ].join(' ');

it('The good messages that the hostile ones are made from arrive.', async () => {
  const random = new Random(SEED);
  const good = Array.from({ length: 200 }, () => messageOf(random));
  for (const message of good) expect(await refusalOf(JSON.stringify(message))).toBe(undefined);
  for (const [part, values] of [
    ['data', { at: ['Date'] }],
    ['meta', { of: { at: ['Date'] } }],
  ] as const) {
    const [message] = good as [Message];
    setPart(message, part, { at: '2026-01-01' }, { values, v: 1 });
    expect(await refusalOf(JSON.stringify(message))).toBe(undefined);
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
    const error = await refusalOf(text);
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
    const error = await refusalOf(text);
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
