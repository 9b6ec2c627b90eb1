import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Memory } from '../../src/inspector/memory/memory.ts';
import { stateOf } from '../../src/inspector/state.ts';
import { readSettings } from '../../src/inspector/options.ts';
import { thrownBy, untyped } from '../core/shop.ts';
import { createInspector } from '../../src/inspector/create-inspector.ts';
import { anInspector, e, entriesOf, only } from './inspected.ts';

test('The oldest call goes first, with all that came of it.', async () => {
  const inspector = anInspector({ capacity: 3 });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  for (let i = 0; i < 10; i++) await bus.publish('mail.sent', { to: String(i) });
  const entries = await entriesOf(inspector);
  expect(new Set(entries.map(({ root }) => root)).size).toBe(3);
  expect(only(entries, 'dispatched')).toHaveLength(3);
});

test('Payloads of 50 MB stay within maxBytes.', async () => {
  const settings = readSettings({ process: 'bytes', maxBytes: 2 * 1024 * 1024 });
  const { memory } = stateOf(settings);
  const inspector = createInspector({ process: 'bytes', maxBytes: 2 * 1024 * 1024 });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  for (let i = 0; i < 100; i++) await bus.publish('cat.spotted', ['ä€'.repeat(20_000), 'x'.repeat(500_000)]);
  expect(memory.bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
  expect(memory.calls).toBeGreaterThan(5);
  expect(memory.calls).toBeLessThan(40);
});

test('One call takes at most a quarter of maxBytes, whatever comes of it.', async () => {
  const inspector = anInspector({ process: 'one call', maxBytes: 4 * 1024 * 1024 });
  const { memory } = stateOf(readSettings({ process: 'one call', maxBytes: 4 * 1024 * 1024 }));
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.scope(() => {
    for (let i = 0; i < 200; i++) e.dispatch('cat.spotted', 'x'.repeat(60_000));
  });
  await bus.drain();
  expect(memory.bytes).toBeLessThan(1.2 * 1024 * 1024);
  expect(only(await entriesOf(inspector), 'full')).toHaveLength(1);
});

test('A call that is dropped leaves nothing behind.', () => {
  const memory = new Memory({ capacity: 2, maxBytes: 1024 * 1024 });
  for (let i = 0; i < 1000; i++) {
    const root = memory.begin();
    memory.link(root, `id ${i}`, { at: 0, process: 'p' });
    memory.put(root, { kind: 'settled', call: `id ${i}`, ok: true, at: 0, process: 'p' });
  }
  expect(memory.rootOf('id 997')).toBeUndefined();
  expect(memory.rootOf('id 999')).toBeDefined();
  memory.clear();
  expect([memory.bytes, memory.calls, [...memory.after(0)].length]).toEqual([0, 0, 0]);
});

test.for([
  { capacity: 0 },
  { capacity: 1.5 },
  { maxBytes: 1000 },
  { redact: { 'user.*': 'email' } },
  { redact: { 'user.*': ['a..b'] } },
  { redact: { 'user.*{': ['a'] } },
  { payloads: 'no' },
  { process: '' },
  { capcity: 1 },
])('%o is refused.', (options) => {
  const error = thrownBy(() => untyped(createInspector)(options));
  expect(String(error)).toMatch(/BAD_|createInspector|pattern/i);
});

test('A pattern of redact that selects no event of any bus is reported at the first event, once.', async () => {
  const inspector = anInspector({ redact: { 'usr.*': ['email'] } });
  const errors: string[] = [];
  const onError = ({ error }: { error: Error }) => errors.push(error.message);
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore', onError });
  await bus.publish('mail.sent', { to: 'a' });
  await bus.publish('mail.sent', { to: 'a' });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('usr.*');
});

test('Redacted values are in no entry and no payload, whatever the error says.', async () => {
  const inspector = anInspector({
    process: 'redacting',
    redact: { 'order.*': ['card.number', 'lines.*.price'] },
  });
  const handlers = e
    .router()
    .on('order.placed', ({ event }) => {
      throw new Error(`refused: ${event.payload.card.number} for ${event.payload.lines[0]!.price}`);
    })
    .on('key.made', ({ event }) => {
      throw new Error(`bad pin ${event.payload.pin}`);
    });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await bus.publish(
    'order.placed',
    { card: { number: '4111-2222' }, lines: [{ price: 987654 }] },
    { key: '4111-2222' },
  );
  await bus.publish('key.made', { pin: 'pin-9191', label: 'front door' });
  await bus.drain();
  const { memory } = stateOf(readSettings({ process: 'redacting' }));
  const all = JSON.stringify([await entriesOf(inspector), [...memory.payloads()]]);
  expect(all).toContain('refused');
  expect(all).toContain('front door');
  for (const secret of ['4111', '987654', '9191']) expect(all).not.toContain(secret);
});

test('Without payloads, only names and times are kept.', async () => {
  const inspector = anInspector({ payloads: false });
  const handlers = e.router().on('mail.sent', ({ event }) => {
    throw new Error(`no ${event.payload.to}`);
  });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await bus.publish('mail.sent', { to: 'ada-1' }, { meta: { user: 'ada-2' }, key: 'ada-3' });
  await bus.drain();
  const all = JSON.stringify(await entriesOf(inspector));
  expect(all).toContain('mail.sent');
  expect(all).not.toContain('ada-');
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

test('Texts that were cut from texts of 1 MB do not hold on to them.', async () => {
  const inspector = anInspector({ redact: { 'mail.sent': ['to'] } });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const before = heap();
  for (let i = 0; i < 100; i++) {
    const text = `${'ab'.repeat(512 * 1024)}${i}`;
    // The parts have 20 characters or more, because V8 copies shorter ones.
    await bus.publish(
      'mail.sent',
      { to: text.slice(0, 20) + text.slice(-20) },
      { key: text.slice(-21), meta: { part: text.slice(-22) } },
    );
    const thrown = Object.assign(new Error(text.slice(-50)), { code: text.slice(-40) });
    await bus.scope(() => Promise.reject(thrown)).catch(() => {});
  }
  await bus.drain();
  expect(heap() - before).toBeLessThan(20);
  expect((await entriesOf(inspector)).length).toBeGreaterThan(300);
});
