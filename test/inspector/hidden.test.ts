import { type } from 'arktype';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { defineEvents, initEvents } from '../../src/index.ts';
import { BY_NAMES, hidingOf } from '../../src/inspector/text/hiding.ts';
import { Secrets } from '../../src/inspector/text/secrets.ts';
import { writeError } from '../../src/inspector/text/write-error.ts';
import { writeValue } from '../../src/inspector/text/write-value.ts';
import { listening } from './ask.ts';
import { anInspector, e, entriesOf } from './inspected.ts';

const KIB_64 = 64 * 1024;

test('A payload stays JSON whatever the hidden value is.', () => {
  const nasty = [
    '"',
    '\\',
    ',"',
    '":"',
    'n',
    '\\n',
    '{"',
    '}',
    '[1',
    '12',
    '$',
    'redacted',
    'value',
    'tru',
    'null',
    'é',
    '\u2028',
  ];
  const secretTexts = nasty.flatMap((sign) => [sign.repeat(3), `a${sign}b`, `${sign}${sign}u0041`]);
  for (const password of secretTexts) {
    const value = {
      note: `it is ${password}!`,
      [`key ${password}`]: [password, 123, true, null, `\\${password}"`],
      when: new Date(0),
      password,
    };
    const { text } = writeValue(value, KIB_64);
    const made = JSON.parse(text) as Record<string, unknown>;
    expect(made['password']).toEqual({ $: 'redacted' });
    expect([password, made['note']]).toEqual([password, 'it is [redacted]!']);
    const secrets = new Secrets();
    secrets.add(password);
    const later = JSON.parse(
      secrets.scrubJson(writeValue({ note: value.note, none: undefined }, KIB_64).text),
    ) as unknown;
    expect([password, later]).toEqual([password, { note: 'it is [redacted]!', none: { $: 'undefined' } }]);
  }
});

test('A hidden value that looks like the end of an escape leaves the escape whole.', () => {
  const value = { note: 'a\nbc \\\\dir \u0001', password: ['nbc', '\\\\dir', '0001', 'u0001'] };
  expect(JSON.parse(writeValue(value, KIB_64).text)).toMatchObject({ note: 'a\nbc [redacted] \u0001' });
});

test('A hidden value does not show where a text is cut within it.', () => {
  const secrets = new Secrets();
  const secret = 'hunter2-hunter3-hunter4';
  secrets.add(secret);
  for (let at = 0; at < secret.length; at++) {
    const thrown = Object.assign(new Error(`${'x'.repeat(8000 - at)}${secret}`), {
      code: `${'y'.repeat(400 - at)}${secret}`,
    });
    const cut = Object.assign(new Error(`${'x'.repeat(2000 - at)}${secret}`), {
      code: `${'y'.repeat(100 - at)}${secret}`,
    });
    const many = new Error(`${secret.repeat(400)}`.slice(0, 8000 + at));
    for (const error of [thrown, cut])
      expect(JSON.stringify(writeError(error, secrets, true))).not.toContain('hunt');
    expect(writeError(many, secrets, true).message).not.toContain('hunter2-hunter3-hunter4');
    const { text } = writeValue(
      { note: `${'x'.repeat(KIB_64 - at - 9)}${secret}` },
      KIB_64,
      BY_NAMES,
      secrets,
    );
    expect(text).not.toContain('hunt');
  }
  const long = writeValue(`${`${secret} `.repeat(50_000)}`, KIB_64, BY_NAMES, secrets).text;
  expect(long).not.toContain('hunt');
});

test('A hidden value that comes after what is kept of a payload is hidden elsewhere, too.', () => {
  const secrets = new Secrets();
  const deep: unknown[] = [];
  let inner = deep;
  for (let i = 0; i < 300; i++) inner.push((inner = []));
  inner.push({ token: 'far-below' });
  writeValue(
    { fill: 'x'.repeat(100_000), list: [1, { password: 'far-behind' }], deep },
    KIB_64,
    BY_NAMES,
    secrets,
  );
  expect(secrets.scrub('far-behind far-below near')).toBe('[redacted] [redacted] near');
});

test('A hidden value is found as JSON and addresses write it, and a long one by its beginning.', () => {
  const secrets = new Secrets();
  secrets.add(['pass "word"\n', 'a b&c=ü', 'x'.repeat(5000)]);
  const quoted = `${JSON.stringify({ a: 'pass "word"\n' })} ?q=${encodeURIComponent('a b&c=ü')}`;
  expect(secrets.scrub(quoted)).toBe('{"a":"[redacted]"} ?q=[redacted]');
  expect(secrets.scrub(`key: ${'x'.repeat(5000)}`)).toBe('key: [redacted]');
});

test('If there are more hidden values than are remembered, no text is shown.', () => {
  const secrets = new Secrets();
  const hiding = hidingOf(['lines.*.price'], []);
  const lines = Array.from({ length: 3000 }, (_, i) => ({ price: 1_000_000 + i, sku: `sku ${i}` }));
  const { text } = writeValue({ lines, note: 'paid 1002999' }, 1024 * 1024, hiding, secrets);
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(text).not.toContain('100299');
  expect(writeError(new Error('no 1002999'), secrets, true).message).toBe('[redacted]');
});

test('900 hidden values cost little more than one.', () => {
  const hiding = hidingOf(['lines.*.price'], []);
  const cost = (different: number) => {
    const lines = Array.from({ length: 900 }, (_, i) => ({
      price: `p-${1_000_000 + (i % different)}`,
      sku: `sku ${i}`,
    }));
    const begun = performance.now();
    for (let i = 0; i < 5; i++)
      writeValue({ lines, note: 'x'.repeat(10_000) }, KIB_64, hiding, new Secrets());
    return performance.now() - begun;
  };
  cost(1);
  expect(cost(900) / cost(1)).toBeLessThan(60); // one pass for each value would cost several hundred
});

test('A value that a later event of a call hides is hidden in the payload of an earlier one, in its search, and in its meta.', async () => {
  const inspector = anInspector({ redact: { 'mail.sent': ['to'] } });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.scope(() => {
    e.dispatch('cat.spotted', { by: 'ada@example.org', n: 1 });
    e.dispatch(
      'mail.sent',
      { to: 'ada@example.org' },
      {
        key: 'ada@example.org',
        meta: { for: 'ada@example.org' },
      },
    );
  });
  await bus.drain();
  await using served = await listening(inspector);
  const { event } = (await entriesOf(inspector)).find(({ kind }) => kind === 'dispatched') as {
    event: string;
  };
  expect((await served.get(`/api/events/${event}`)).json.payload).toBe('{"by":"[redacted]","n":1}');
  expect((await served.get('/api/search?payload=ada')).json).toEqual({ events: [] });
  expect((await served.get('/api/entries?once')).text).not.toContain('ada@');
});

test('The messages of valibot and arktype quote what they refuse: a hidden value shows in no error of a call, and in no answer.', async () => {
  const own = initEvents.create(
    defineEvents({
      'user.joined': v.object({
        password: v.pipe(v.string(), v.email()),
        card: v.object({ number: v.pipe(v.string(), v.length(4)) }),
        age: v.number(),
      }),
      'user.left': type({ password: 'string' }).narrow((_, ctx) => ctx.mustBe('good')),
    }),
  );
  const inspector = anInspector({ redact: { 'user.*': ['card'] } });
  await using bus = own.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const bad = [
    ['user.joined', { password: 'hunter22', card: { number: '1234' }, age: 1 }],
    ['user.joined', { password: 'a@b.cd', card: { number: '41112222' }, age: 1 }],
    ['user.joined', { password: 'a@b.cd', card: 'hunter33', age: 1 }],
    ['user.joined', { password: 'a@b.cd', card: { number: '1234' }, age: 'not hidden' }],
    ['user.left', { password: 'hunter44' }],
  ] as const;
  await using served = await listening(inspector);
  const answers: unknown[] = [];
  for (const [name, payload] of bad) {
    await bus.scope(() => own.dispatch(name as 'user.left', payload as never)).catch(() => {});
    await bus.deliver({ id: 'x', name, payload, time: new Date() }).catch(() => {});
    answers.push((await served.post('/api/publish', { event: name, payload })).json);
  }
  await bus.drain();
  const { text } = await served.get('/api/entries?once');
  for (const shown of [text, JSON.stringify(answers)]) {
    expect(shown).not.toMatch(/hunter|4111/);
    expect(shown).toContain('user.joined');
    expect(shown).toContain('not hidden');
    expect(shown).toContain('must be good');
  }
  expect(answers[0]).toMatchObject({ code: 'INVALID_PAYLOAD', issues: [{ path: ['password'] }] });
  expect(answers[4]).toMatchObject({ issues: [{ path: [] }] });
});
