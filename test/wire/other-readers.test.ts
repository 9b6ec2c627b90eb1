import { spawnSync } from 'node:child_process';
import { CloudEvent, HTTP } from 'cloudevents';
import { expect, it } from 'vitest';
import { cloudEvents } from '../../src/wire/index.ts';
import { anything } from './anything.ts';
import { messageOf } from './hostile-shop.ts';
import { Random } from './random.ts';
import { eventOf } from './shop.ts';

const codec = cloudEvents({ source: '/shop' });
const random = new Random(Number(process.env['FUZZ_SEED'] ?? 1));
const events = Array.from({ length: 300 }, (_, i) =>
  eventOf(anything(random.next, 0), {
    id: `event-${i}`,
    name: random.of(['user.created', 'order.placed']),
    time: new Date(random.below(4e9) * 1000),
    ...(random.isLucky(0.5) && {
      key: 'k',
      path: 'a.b',
      causationId: 'c',
      meta: { of: anything(random.next, 2) },
    }),
  }),
);
const texts = events.map((event) => codec.encode(event));

it('The cloudevents package parses and validates each message, by itself and as the body of a request.', () => {
  for (const [i, text] of texts.entries()) {
    const { id, name, time } = events[i]!;
    const message = JSON.parse(text) as Record<string, unknown>;
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
    const received = HTTP.toEvent({ headers, body: text }) as CloudEvent<unknown>;
    for (const event of [new CloudEvent(message, true), received]) {
      expect(event.validate()).toBe(true);
      expect(event).toMatchObject({ id, type: name, source: '/shop', time: time.toISOString() });
      // The package's HTTP parser parses texts as JSON once more, and loses empty ones.
      if (event !== received || typeof message['data'] === 'object')
        expect(event.data ?? null).toEqual(message['data'] ?? null);
    }
  }
});

it('A message that the cloudevents package has written again is decoded like the original.', () => {
  for (let i = 0; i < 100; i++) {
    const message = messageOf(random);
    const { body } = HTTP.structured(new CloudEvent(message));
    expect(codec.decode(body as string)).toEqual(codec.decode(JSON.stringify(message)));
  }
});

const SCRIPT = `
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    found = [message["type"], message["id"], message["time"], message.get("data")]
    print(json.dumps(found))
`;
const python = spawnSync('python3', ['--version']).status === 0;

it.skipIf(!python)(
  `Python’s json finds name, id, time and data${python ? '' : ' (skipped: there is no python3)'}.`,
  () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', SCRIPT], {
      input: texts.join('\n'),
      encoding: 'utf8',
      env: { ...process.env, PYTHONIOENCODING: 'utf8' },
    });
    expect(stderr).toBe('');
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(found).toHaveLength(texts.length);
    for (const [i, { name, id, time }] of events.entries()) {
      const { data = null } = JSON.parse(texts[i]!) as { data?: unknown };
      expect(found[i]).toEqual([name, id, time.toISOString(), data]);
    }
  },
);
