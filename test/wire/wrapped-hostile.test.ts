import { afterAll, expect, it } from 'vitest';
import {
  cloudEvents,
  eventBridge,
  fastapiEvents,
  snsNotification,
  type Codec,
} from '../../src/wire/index.ts';
import { printFigure } from '../setup/figure.ts';
import { hostileOf } from './hostile.ts';
import { hostileBus, isRefusal, millisecondsOfWork, told } from './hostile-bus.ts';
import { messageOf, SECRET } from './hostile-shop.ts';
import { mutatedOf, mutate } from './mutated.ts';
import { Random } from './random.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const COUNT = Number(process.env['FUZZ_COUNT'] ?? 10_000);
/** The asserted limit for one text, as for `cloudEvents`. */
const MOST_MS = 1000;

const { seen, refusalOf, isPolluted, wasPolluted, close } = hostileBus();
afterAll(close);

/** A way in which a text may come: the codec that reads it, and what its service puts around it. */
interface Way {
  readonly codec: Codec;
  wrap(text: string): string;
}
const asItIs = (text: string) => text;
const WAYS: Readonly<Record<string, Way>> = {
  'a notification of SNS': {
    codec: snsNotification(),
    wrap: (Message) =>
      JSON.stringify({
        Type: 'Notification',
        MessageId: 'sns-1',
        TopicArn: 'arn:aws:sns:eu-west-1:1:t',
        Message,
        Timestamp: '2026-01-01T00:00:00.000Z',
        Subject: SECRET,
        MessageAttributes: { traceparent: { Type: 'String', Value: SECRET } },
      }),
  },
  'an event of EventBridge': {
    codec: eventBridge(),
    // The schema of user.created refuses each of these texts as a payload.
    wrap: (detail) =>
      `{"version":"0","id":"eb-1","detail-type":"user.created","source":"shop","time":"2026-01-01T00:00:00Z","resources":[],"detail":${detail}}`,
  },
  'an event of EventBridge, by SNS': {
    codec: snsNotification(eventBridge()),
    wrap: (text) => WAYS['a notification of SNS']!.wrap(WAYS['an event of EventBridge']!.wrap(text)),
  },
  'nothing around it, for snsNotification': { codec: snsNotification(), wrap: asItIs },
  'nothing around it, for eventBridge': { codec: eventBridge(), wrap: asItIs },
  'nothing around it, for fastapiEvents': { codec: fastapiEvents(), wrap: asItIs },
};

/** Returns false for a text without an id. It is not hostile here, because the id of what is around it counts instead. */
function hasId(text: string): boolean {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    return !text.startsWith('{') || (id !== undefined && id !== null);
  } catch {
    return true;
  }
}

it('A good message arrives with each thing around it.', async () => {
  const random = new Random(SEED);
  for (const [way, { codec, wrap }] of Object.entries(WAYS)) {
    if (wrap === asItIs) continue;
    const text = JSON.stringify(messageOf(random));
    expect([way, await refusalOf(codec, wrap(text))]).toEqual([way, undefined]);
    const { time, ...envelope } = cloudEvents().decode(text);
    const event = { ...envelope, time: new Date(time) };
    expect(seen.splice(0)).toMatchObject([event, event]);
  }
});

it(`${COUNT} hostile texts, wrapped or not, are refused: no listener sees one, nothing is polluted, and no error repeats their content.`, async () => {
  const random = new Random(SEED);
  const ways = Object.entries(WAYS);
  let slowest = 0;
  for (let i = 0; i < COUNT; i++) {
    const { kinds, text } = hostileOf(random);
    const [way, { codec, wrap }] = random.of(ways);
    if (wrap !== asItIs && !hasId(text)) continue;
    const wrapped = wrap(text);
    const from = random.isLucky(0.5) ? { id: 'broker-1' } : undefined;
    const start = millisecondsOfWork();
    const error = await refusalOf(codec, wrapped, from);
    const ms = millisecondsOfWork() - start;
    slowest = Math.max(slowest, ms);
    const is = {
      code: error?.code,
      isTold: told(error).includes(SECRET),
      isPolluted: isPolluted(),
      seen: seen.length,
    };
    if (!isRefusal(is.code) || is.isTold || is.isPolluted || is.seen > 0 || ms > MOST_MS)
      throw new Error(
        `FUZZ_SEED=${SEED}, text ${i} (${way}: ${kinds.join(', ')}), ${Math.round(ms)} ms: ${JSON.stringify(is)}\n${wrapped.slice(0, 2000)}`,
        { cause: error },
      );
  }
  expect(wasPolluted()).toBe(false);
  printFigure(
    `seed ${SEED} (FUZZ_SEED): ${COUNT} hostile texts refused, wrapped by SNS and EventBridge, or not; the slowest took ${slowest.toFixed(1)} ms`,
  );
}, 120_000);

it('Wrapped messages and pairs that are changed blindly are refused, or their event comes back equal when it is encoded again.', async () => {
  const random = new Random(SEED);
  const wrapped = Object.values(WAYS).filter(({ wrap }) => wrap !== asItIs);
  const pair: Way = {
    codec: fastapiEvents(),
    wrap(text) {
      const { type, data } = JSON.parse(text) as { type: string; data: unknown };
      return JSON.stringify([type, data]);
    },
  };
  let taken = 0;
  for (let i = 0; i < COUNT / 4; i++) {
    const { codec, wrap } = random.of([...wrapped, pair]);
    const text = random.isLucky(0.3) && wrap !== pair.wrap
      ? wrap(mutatedOf(random))
      : mutate(wrap(JSON.stringify(messageOf(random))), random); // prettier-ignore
    const error = await refusalOf(codec, text, { id: 'broker-1', time: new Date(7) });
    const [event] = seen.splice(0);
    try {
      expect(isPolluted()).toBe(false);
      if (event === undefined) {
        expect(error?.code).toSatisfy(isRefusal);
        expect(told(error)).not.toContain(SECRET);
        continue;
      }
      taken++;
      const { id, time } = event;
      const again = codec.decode(codec.encode(event), { id, time });
      if (codec.lossy === true) expect(again).toMatchObject({ id, name: event.name, time });
      else
        expect(again).toEqual({ ...event, source: event.source ?? '/trpc-events', time: time.toISOString() });
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${SEED}, text ${i}: ${text.slice(0, 2000)}`, { cause });
    }
  }
  expect(wasPolluted()).toBe(false);
  expect(taken).toBeGreaterThan(0);
  printFigure(
    `seed ${SEED} (FUZZ_SEED): of ${COUNT / 4} wrapped messages changed blindly, ${taken} were still good ones`,
  );
}, 120_000);
