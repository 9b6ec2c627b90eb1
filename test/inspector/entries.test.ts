import { expect, test } from 'vitest';
import { inline, noRetry } from '../../src/index.ts';
import type { Entry } from '../../src/story/entry.ts';
import { parseFilter, Story, rowsOf, type Filter, type Row } from '../../src/story/index.ts';
import { anInspector, e, entriesOf, kindsOf, only } from './inspected.ts';

const words = (row: Row): string => {
  const indent = '  '.repeat(row.depth);
  if (row.kind === 'call') return `${indent}${row.call.kind} ${row.call.name}`;
  if (row.kind === 'event') return `${indent}${row.event.about.name}`;
  if (row.kind === 'run')
    return `${indent}${row.run.listener} ${row.run.attempts.map(({ end }) => end?.ok).join()}`;
  if (row.kind === 'send') return `${indent}sent to ${row.send.destination}`;
  if (row.kind === 'report') return `${indent}${row.report.error.message}`;
  return `${indent}from ${row.arrival.destination}`;
};

test('Entries tell of a scope, its events, their listeners, and what those dispatched.', async () => {
  const inspector = anInspector();
  const handlers = e
    .router()
    .on('user.created', ({ event }) => e.dispatch('mail.sent', { to: event.payload.id }), { name: 'welcome' })
    .on('mail.sent', () => {}, { name: 'count' });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], defer: inline() });
  await bus.scope(() => e.dispatch('user.created', { id: 'ada' }));
  await bus.drain();
  const entries = await entriesOf(inspector);
  expect(kindsOf(entries).filter((kind) => kind !== 'answered')).toEqual([
    'opened',
    'dispatched',
    'settled',
    'released',
    'started',
    'dispatched',
    'released',
    'started',
    'finished',
    'finished',
  ]);
  expect(new Set(entries.map(({ root }) => root)).size).toBe(1);
  const story = new Story();
  for (const entry of [...entries, ...entries]) story.add(entry);
  expect(story.calls.map((call) => rowsOf(call).map(words))).toEqual([
    ['scope ', '  user.created', '    welcome true', '      mail.sent', '        count true'],
  ]);
});

test('A failure, its retry and its end are told with what was thrown.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on(
    'user.created',
    () => {
      throw Object.assign(new Error('no route', { cause: new Error('cable') }), { code: 'EHOSTUNREACH' });
    },
    { name: 'flaky', retry: { attempts: 2, minDelay: 1 } },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await bus.publish('user.created', { id: 'ada' });
  await bus.drain();
  const entries = await entriesOf(inspector);
  expect(only(entries, 'started').map(({ number, of }) => [number, of])).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(only(entries, 'backedOff')).toHaveLength(1);
  const [gaveUp] = only(entries, 'gaveUp');
  expect(gaveUp).toMatchObject({ listener: 'flaky', reason: 'attempts', attempts: 2 });
  expect(gaveUp!.error).toMatchObject({
    message: 'no route',
    code: 'EHOSTUNREACH',
    cause: { message: 'cable' },
  });
});

test('Entries tell of dropped events, and of those that nobody takes.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const failing = bus.scope(() => {
    e.dispatch('user.created', { id: 'ada' });
    throw noRetry(new Error('no'));
  });
  await expect(failing).rejects.toThrow('no');
  await bus.publish('mail.sent', { to: 'ada' });
  const entries = await entriesOf(inspector);
  expect(only(entries, 'dropped')).toMatchObject([{ reason: 'failed' }]);
  expect(only(entries, 'unhandled')).toHaveLength(1);
  expect(only(entries, 'settled')).toMatchObject([{ ok: false }]);
});

test('A delivery and a refused message are told, with the queue that they came from.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore', onError: () => {} });
  const from = { system: 'nats', destination: 'orders' };
  const message = { id: 'm-1', name: 'mail.sent', payload: { to: 'ada' }, time: new Date() };
  await bus.deliver(message, { from, attempt: 3 });
  await expect(bus.deliver({ ...message, payload: {} }, { from })).rejects.toThrow('mail.sent');
  const entries = await entriesOf(inspector);
  expect(only(entries, 'arrived')).toMatchObject([{ destination: 'orders', number: 3, event: 'm-1' }]);
  expect(only(entries, 'refused')).toMatchObject([{ destination: 'orders', name: 'mail.sent' }]);
});

test('A reader gets the calls it asks for whole, and goes on after the entry that it names.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' }, { meta: { click: 'a' } });
  await bus.publish('mail.sent', { to: 'bob' }, { meta: { click: 'b' } });
  const all = await entriesOf(inspector);
  const ofB = await entriesOf(inspector, { 'meta.click': 'b' });
  expect(ofB.length).toBe(all.length / 2);
  expect(only(ofB, 'dispatched').map(({ meta }) => meta)).toEqual(['{"click":"b"}']);
  const ended = new AbortController();
  const rest = inspector.follow({ after: all.at(-2)!.id, signal: ended.signal });
  expect((await rest.next()).value).toEqual(all.at(-1));
  const next = rest.next();
  await bus.publish('mail.sent', { to: 'eve' });
  expect((await next).value).toMatchObject({ kind: 'dispatched' });
  ended.abort();
  expect((await rest.return()).done).toBe(true);
});

test('A meta that can not be read ends nobody’s follow, and selects nothing.', async () => {
  const inspector = anInspector({ redact: { 'user.*': ['email'] } });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: 'ada', email: 'nabc' });
    // The JSON of this meta contains the hidden value `nabc`, joined to half of an escape.
    dispatch('mail.sent', { to: 'ada' }, { meta: { click: '\nabc' } });
  });
  await bus.publish('mail.sent', { to: 'bob' }, { meta: { click: 'b' } });
  const ofB = await entriesOf(inspector, { 'meta.click': 'b' });
  expect(only(ofB, 'dispatched').map(({ meta }) => meta)).toEqual(['{"click":"b"}']);
});

test('An inspector that is made again in a process takes over what was kept, and its readers.', async () => {
  const first = anInspector({ process: 'hot' });
  await using bus = e.bus({ handlers: [], observers: [first], unhandled: 'ignore' });
  const reading = first.follow();
  await bus.publish('mail.sent', { to: 'ada' });
  expect((await reading.next()).value).toMatchObject({ kind: 'dispatched' });
  const second = anInspector({ process: 'hot' });
  await using other = e.bus({ handlers: [], observers: [second], unhandled: 'ignore' });
  await other.publish('user.created', { id: 'ada' });
  const names = only(await entriesOf(second), 'dispatched').map(({ name }) => name);
  expect(names).toEqual(['mail.sent', 'user.created']);
  let last: unknown;
  for await (const entry of reading) {
    last = entry;
    if (entry.kind === 'dispatched') break;
  }
  expect(last).toMatchObject({ name: 'user.created' });
});

test('A call of 1,200 events keeps 1,000, and says so.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({
    handlers: [],
    observers: [inspector],
    unhandled: 'ignore',
    limits: { perScope: 5000, pending: 5000 },
  });
  await bus.scope(() => {
    for (let i = 0; i < 1200; i++) e.dispatch('mail.sent', { to: String(i) });
  });
  await bus.drain();
  const entries = await entriesOf(inspector);
  expect(only(entries, 'dispatched')).toHaveLength(1000);
  expect(only(entries, 'full')).toHaveLength(1);
  expect(only(entries, 'settled')).toHaveLength(1);
});

test('A reader that comes back by after, with a where, gets the rest of the calls that it has seen.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  let goOn = () => {};
  const scope = bus.scope(async () => {
    e.dispatch('mail.sent', { to: 'ada' });
    await new Promise<void>((resolve) => (goOn = resolve));
    e.dispatch('user.created', { id: 'ada' });
  });
  await bus.publish('user.created', { id: 'bob' });
  const where = { name: 'mail.sent' };
  const seen = await entriesOf(inspector, where);
  expect(kindsOf(seen)).toEqual(['opened', 'dispatched']);
  goOn();
  await scope;
  await bus.drain();
  const stop = new AbortController();
  const rest: Entry[] = [];
  setTimeout(() => stop.abort(), 100);
  for await (const entry of inspector.follow({ where, after: seen.at(-1)!.id, signal: stop.signal }))
    rest.push(entry);
  const all = await entriesOf(inspector, where);
  expect([...seen, ...rest]).toEqual(all);
  expect(only(rest, 'dispatched').map(({ name }) => name)).toEqual(['user.created']);
});

test('The traceparent of an event is the one that an observer of tracing has put on it, not that of its parent.', async () => {
  const inspector = anInspector();
  const spanOf = (n: number) => `00-${'a'.repeat(32)}-${String(n).padStart(16, '0')}-01`;
  let spans = 0;
  const tracing = { name: 'tracing', dispatched: () => ({ traceparent: spanOf(++spans) }) };
  const handlers = e.router().on('user.created', () => e.dispatch('mail.sent', { to: 'ada' }));
  // The inspector is told first, before the span is known.
  await using bus = e.bus({ handlers: [handlers], observers: [inspector, tracing], unhandled: 'ignore' });
  await bus.publish('user.created', { id: 'ada' });
  await bus.drain();
  const entries = await entriesOf(inspector);
  expect(only(entries, 'released').map(({ traceparent }) => traceparent)).toEqual([spanOf(1), spanOf(2)]);
  expect(JSON.stringify(only(entries, 'dispatched'))).not.toContain('traceparent');
  const story = new Story();
  for (const entry of entries) story.add(entry);
  expect(story.calls[0]!.events.map(({ traceparent }) => traceparent)).toContain(spanOf(1));
  const filter = parseFilter(`${'a'.repeat(32)}-${'2'.padStart(16, '0')}`) as Filter;
  expect(filter.matches(story.calls[0]!, Date.now())).toBe(true);
});
