import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../src/index.ts';
import { testBus } from '../../src/testing/index.ts';
import { fastapiEvents } from '../../src/wire/index.ts';
import { thrownBy } from '../core/shop.ts';
import { anything } from './anything.ts';
import { Random } from './random.ts';
import { eventOf } from './shop.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const OTHER = '00-11111111111111111111111111111111-2222222222222222-00';
const codec = fastapiEvents();
const broker = { id: 'sqs-1', time: new Date(7) };
const encode = (payload: unknown) => codec.encode(eventOf(payload, { name: 'order.placed' }));

it('A pair is name and payload; id and time are those of the broker.', () => {
  const envelope = { ...broker, name: 'order.placed', payload: { id: '1' } };
  expect(codec.decode('["order.placed", {"id": "1"}]', broker)).toEqual(envelope);
  const before = Date.now();
  const { time } = codec.decode('["order.placed", 1]', { id: 'a' });
  expect(Number(time)).toBeGreaterThanOrEqual(before);
});

it('An event that Python dispatches without a payload has none here, and the other way round.', () => {
  expect(codec.decode('["cache.cleared", null]', broker).payload).toBe(undefined);
  expect(encode(undefined)).toBe('["order.placed",null]');
  expect(encode(null)).toBe('["order.placed",null]');
  for (const falsy of [0, false, '', [], {}])
    expect(codec.decode(encode(falsy), broker).payload).toEqual(falsy);
});

it('The trace is the one in the payload, where fastapi-events puts it, or that of the attributes.', () => {
  const attributes = { traceparent: OTHER, tracestate: 'b=2' };
  const traced = `["order.placed", {"id": "1", "traceparent": "${TRACE}"}]`;
  expect(codec.decode(traced, { ...broker, attributes })).toMatchObject({
    traceparent: TRACE,
    tracestate: undefined,
    payload: { id: '1', traceparent: TRACE },
  });
  for (const payload of ['{}', 'null', '7', `["${TRACE}"]`, '{"traceparent": "secret"}'])
    expect(codec.decode(`["order.placed", ${payload}]`, { ...broker, attributes })).toMatchObject(attributes);
});

it('Dates and URLs become texts, keys that are undefined are left out, and -0 is 0.', () => {
  const payload = {
    at: new Date('2026-01-01T12:00:00.123Z'),
    url: new URL('https://example.org/a'),
    none: undefined,
    list: [{ at: new Date(0) }, null, -0],
  };
  expect(encode(payload)).toBe(
    '["order.placed",{"at":"2026-01-01T12:00:00.123Z","url":"https://example.org/a","list":[{"at":"1970-01-01T00:00:00.000Z"},null,0]}]',
  );
});

class Money {
  cents = 5;
}
const deep = Array.from({ length: 300 }).reduce<unknown>((below) => [below], 0);
it.each<[string, unknown, string]>([
  ['a Map', { a: new Map() }, ", at a: it is a Map, which JSON can't say: send an object, or an array of pairs."],
  ['a Set', [0, new Set([1])], ", at [1]: it is a Set, which JSON can't say: send an array."],
  ['bytes', { a: new Uint8Array(2) }, ", at a: it is a typed array, which JSON can't say: send an array."],
  ['a bigint', { a: { b: 7n } }, ", at a.b: it is a bigint, which JSON can't say: send a text."],
  ['NaN', [Number.NaN], ", at [0]: it is NaN, which JSON can't say: send null."],
  ['Infinity', -Infinity, ": it is -Infinity, which JSON can't say: send null."],
  ['undefined in a list', { a: [1, undefined] }, ", at a[1]: it is undefined, in an array, which JSON can't say: send null."],
  ['an instance', { a: new Money() }, ', at a: it is an instance of a class: send a plain object.'],
  ['an invalid Date', { a: new Date(Number.NaN) }, ', at a: it is an invalid Date.'],
  ['a function', { a() {} }, ', at a: it is a function.'],
  ['a deep value', deep, expect.stringContaining('it is nested deeper than 200 levels') as never],
  ['a key that reaches prototypes', JSON.parse('{"__proto__":1}'), ', at __proto__: no key may be called that.'],
])('%s is refused where it is encoded, because Python could not tell.', (_, payload, why) => {
  const message = typeof why === 'string' ? `The payload of "order.placed" can't travel in a message${why}` : why;
  expect(thrownBy(() => encode(payload))).toMatchObject({ code: 'NOT_SERIALIZABLE', message });
}); // prettier-ignore

it('A message that is too long or has too many values is refused where it is encoded.', () => {
  expect(thrownBy(() => encode('x'.repeat(2 ** 20)))).toMatchObject({ code: 'NOT_SERIALIZABLE' });
  const many = Array.from({ length: 25_001 }, () => 0);
  expect(thrownBy(() => encode(many))).toMatchObject({ code: 'NOT_SERIALIZABLE' });
  expect(codec.decode(encode(many.slice(2)), broker).payload).toHaveLength(24_999);
});

it.each<[string, string, string]>([
  ['no pair', '["secret"]', 'it is not a message of fastapi-events, ["name", payload]'],
  ['three values', '["secret", 1, 2]', 'it is not a message of fastapi-events, ["name", payload]'],
  ['a name that is no text', '[7, "secret"]', 'it is not a message of fastapi-events, ["name", payload]'],
  ['an object', '{"0":"secret","1":{}}', 'it is not a message of fastapi-events, ["name", payload]'],
  ['a CloudEvents message', '{"specversion":"1.0"}', 'it is not a message of fastapi-events, but CloudEvents 1.0: use the codec cloudEvents()'],
  ['a notification of SNS', '{"Type":"Notification","Message":"secret"}', 'it is not a message of fastapi-events, but a notification of SNS: use the codec snsNotification()'],
  ['NaN, as Python writes it', '["order.placed", NaN]', 'it is no JSON'],
  ['a key that reaches prototypes', '["order.placed", [{"__proto__": 1}]]', 'it has a key that is called __proto__'],
  ['a deep payload', `["a", ${'['.repeat(300)}${']'.repeat(300)}]`, 'it is nested too deep'],
  ['too many values', `["a", [${'0,'.repeat(26_000)}0]]`, 'it has more than 25100 values'],
])('%s is refused, and told without its content.', (_, text, why) => {
  const error = thrownBy(() => codec.decode(text, broker)) as Error;
  expect(error).toMatchObject({ code: 'BAD_MESSAGE', message: `A message is refused: ${why}.` });
  expect(error.cause).toBe(undefined);
}); // prettier-ignore

it('A pair without an id of the broker is refused, because one that comes twice could not be told from two.', () => {
  expect(thrownBy(() => codec.decode('["order.placed", {}]'))).toMatchObject({
    code: 'BAD_MESSAGE',
    message:
      'A message is refused: it has no id of its own: give decode the id that the broker gave the message.',
  });
});

it('Every value that is encoded comes back as JSON says it.', () => {
  const random = new Random(Number(process.env['FUZZ_SEED'] ?? 1));
  let encoded = 0;
  for (let i = 0; i < 2000; i++) {
    const payload = anything(random.next, 0);
    let text: string;
    try {
      text = encode(payload);
    } catch (error) {
      expect(error).toMatchObject({ code: 'NOT_SERIALIZABLE' });
      continue;
    }
    encoded++;
    const json = JSON.parse(JSON.stringify({ payload })) as { payload?: unknown };
    expect(codec.decode(text, broker).payload).toEqual(json.payload ?? undefined);
  }
  expect(encoded).toBeGreaterThan(500);
});

const e = initEvents.meta(z.object({ tenant: z.string() })).create(
  defineEvents({
    'order.placed': z.object({ id: z.string(), at: z.coerce.date() }),
    'cache.cleared': z.void(),
  }),
);

it('A bus forwards events with Dates, meta and a key, though none of them come back.', async () => {
  const sent: string[] = [];
  await using bus = e.bus({
    handlers: [
      {
        name: 'python',
        remote: true,
        codec,
        handle: (event: AnyEvent) => void sent.push(codec.encode(event)),
      },
    ],
    meta: () => ({ tenant: 'acme' }),
  });
  const options = { key: 'k', meta: { tenant: 'acme' } };
  const { failures } = await bus.publish('order.placed', { id: '1', at: new Date(0) }, options);
  expect(failures).toEqual([]);
  expect(sent).toEqual(['["order.placed",{"id":"1","at":"1970-01-01T00:00:00.000Z"}]']);
});

it('testBus sends events through the codec with an id and a time, as a broker would.', async () => {
  const seen: AnyEvent[] = [];
  const app = initEvents.create(defineEvents({ 'order.placed': z.object({ at: z.coerce.date() }), 'cache.cleared': z.void() })); // prettier-ignore
  const handlers = [app.router().on('*', ({ event }) => void seen.push(event))];
  await using bus = testBus(app, { handlers, faults: { throughCodec: codec } });
  const { event: placed } = await bus.publish('order.placed', { at: new Date(5) });
  const { event: cleared } = await bus.publish('cache.cleared');
  expect(seen).toEqual([placed, cleared]);
});

/** `SQSForwardHandler` of fastapi-events 0.11 writes an event in this way: `json.dumps((name, payload), default=str)`. */
const WRITER = `
import json
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

class Plain(Enum):
    PLACED = "order.placed"

class Text(str, Enum):
    PLACED = "order.placed"

at = datetime(2026, 1, 1, 12, 0, 0, 123000, tzinfo=timezone.utc)
payload = {"id": UUID(int=1), "at": at, "total": Decimal("9.90"), "name": "é€😀"}
for event in [("order.placed", payload), (Text.PLACED, payload), (Plain.PLACED, None)]:
    print(json.dumps(event, default=str))
`;
const READER = `
import json, sys
for line in sys.stdin:
    name, payload = json.loads(line)
    print(json.dumps([name, payload]))
`;
const python = spawnSync('python3', ['--version']).status === 0;
function run(script: string, input = ''): unknown[] {
  const env = { ...process.env, PYTHONIOENCODING: 'utf8' };
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8', env });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

it.skipIf(!python)(
  `What Python writes is read, times by z.coerce.date()${python ? '' : ' (skipped: there is no python3)'}.`,
  () => {
    const envelopes = run(WRITER).map((text) => codec.decode(text as string, broker));
    const payload = {
      id: '00000000-0000-0000-0000-000000000001',
      at: '2026-01-01 12:00:00.123000+00:00',
      total: '9.90',
      name: 'é€😀',
    };
    expect(envelopes.map(({ name, payload }) => [name, payload])).toEqual([
      ['order.placed', payload],
      ['order.placed', payload],
      ['Plain.PLACED', undefined],
    ]);
    expect(z.coerce.date().parse(payload.at)).toEqual(new Date('2026-01-01T12:00:00.123Z'));
  },
);

it.skipIf(!python)(`Python reads what is written${python ? '' : ' (skipped: there is no python3)'}.`, () => {
  const payload = { at: new Date(0), n: 1.5, name: 'é€😀 \u2028"\\', list: [true, null] };
  const [text] = run(READER, encode(payload));
  expect(JSON.parse(text as string)).toEqual(JSON.parse(encode(payload)));
});
