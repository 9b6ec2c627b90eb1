import { expect, test } from 'vitest';
import { Story, rowsOf, type Entry } from '../../src/story/index.ts';
import type { EventForwarder } from '../../src/index.ts';
import { anInspector, e, entriesOf } from '../inspector/inspected.ts';
import { callsOf, entry, linesOf, storyOf } from './told.ts';

const T0 = 1_700_000_000_000;
const NOW = T0 + 1000;

const call = (root: string, at = T0) =>
  entry('opened', at, { root, call: `${root}-1`, scope: 'call', path: 'a', type: 'mutation', defer: 'auto' });
const dispatched = (root: string, event: string, by?: string, more: object = {}) =>
  entry('dispatched', T0 + 1, { root, event, name: event, ...(by && { by }), ...more });
const started = (root: string, event: string, attempt: string, more: object = {}) =>
  entry('started', T0 + 2, {
    root,
    event,
    attempt,
    listener: 'l',
    listenerKind: 'listener',
    number: 1,
    of: 1,
    ...more,
  });

test('Entries that come twice, in part or as a whole, change nothing.', async () => {
  const inspector = anInspector();
  const from = { system: 'nats', destination: 'orders' };
  const queue: EventForwarder = {
    name: 'queue',
    remote: true,
    handle: (event, { send }) => send({ ...from, events: [event] }, () => Promise.resolve()),
  };
  await using bus = e.bus({
    handlers: [queue],
    observers: [inspector],
    onError: () => {},
    unhandled: 'ignore',
  });
  const { event } = await bus.publish('mail.sent', { to: 'ada' });
  await bus.deliver(event, { from });
  await bus.deliver({ ...event, payload: {} }, { from }).catch(() => {});
  const entries = await entriesOf(inspector);
  const once = storyOf(entries);
  const twice = new Story();
  for (const it of [...entries, ...entries.slice(3)]) twice.add(it);
  const [known] = once.calls;
  expect(known!.events[0]).toMatchObject({ arrivals: [{}], sends: [{}], reports: [{}] });
  expect(twice.calls.map((it) => linesOf(it, NOW))).toEqual(once.calls.map((it) => linesOf(it, NOW)));
  expect(twice.calls[0]!.revision).toBe(known!.revision);
  expect(twice.add(entries[0]!)).toEqual([]);
});

test('Adding an entry returns the root calls that have changed.', () => {
  const story = new Story();
  expect(story.add(call('run.1'))).toEqual(['run.1']);
  expect(story.add(call('run.2'))).toEqual(['run.2']);
  expect(story.add(dispatched('run.1', 'e-1', 'run.1-1'))).toEqual(['run.1']);
  expect(story.call('run.1')!.revision).toBe(2);
  expect(story.add(entry('settled', T0, { root: 'run.9', call: 'unknown', ok: true }))).toEqual([]);
  // Both calls run in the process that has gone.
  expect(story.add(entry('lost', NOW, { root: 'run.9' }))).toEqual(['run.1', 'run.2']);
  expect(story.calls.map(({ lost }) => lost)).toEqual([NOW, NOW]);
  expect(story.add({ kind: 'of a later release', id: 'x', root: 'run.1' } as never)).toEqual([]);
});

test('Lost calls are found again when their process tells of itself; calls that began since were never lost.', () => {
  const story = storyOf([call('run.1'), entry('lost', T0 + 100, { root: 'run.9' }), call('run.2', T0 + 200)]);
  expect(story.calls.map(({ lost }) => lost)).toEqual([T0 + 100, undefined]);
  // This entry was made before the process was lost, so the call stays lost.
  expect(story.add(dispatched('run.1', 'e-1', 'run.1-1'))).toEqual(['run.1']);
  expect(story.call('run.1')!.lost).toBe(T0 + 100);
  expect(story.add(entry('answered', T0 + 300, { root: 'run.1', call: 'run.1-1' }))).toEqual(['run.1']);
  expect(story.call('run.1')!.lost).toBeUndefined();
  story.add(entry('lost', T0 + 150, { root: 'run.8' }));
  expect(story.call('run.2')!.lost).toBeUndefined();
});

test('A forgotten call is gone, and forgetting costs no more if thousands of calls are kept.', () => {
  const story = new Story();
  const many = 20_000;
  for (let i = 0; i < many; i++) {
    const root = `run.${i}`;
    for (const it of [call(root), dispatched(root, `e-${i}`, `${root}-1`), started(root, `e-${i}`, `a-${i}`)])
      story.add(it);
  }
  const began = performance.now();
  for (let i = 0; i < many; i++) story.forget(`run.${i}`);
  // Walking through all calls for each one would take minutes.
  expect(performance.now() - began).toBeLessThan(5000);
  expect(story.calls).toEqual([]);
  expect(story.add(entry('finished', NOW, { root: 'run.1', attempt: 'a-1', ok: true }))).toEqual([]);
  expect(story.add(entry('lost', NOW, { root: 'x' }))).toEqual([]);
});

test('An event that arrives before its dispatch is told moves below the listener that has dispatched it.', () => {
  const worker = { process: 'worker' };
  const root = 'run.1';
  const story = storyOf([
    call(root),
    dispatched(root, 'order.placed', 'run.1-1'),
    // The worker's answer arrives before the entries that the worker has gathered.
    entry('arrived', T0 + 50, {
      root,
      event: 'order.packed',
      name: 'order.packed',
      number: 1,
      destination: 'replies',
      causationId: 'order.placed',
    }),
    started(root, 'order.packed', 'run.1-7', { listener: 'note' }),
    entry('arrived', T0 + 10, {
      root,
      event: 'order.placed',
      name: 'order.placed',
      number: 1,
      destination: 'orders',
      ...worker,
    }),
    started(root, 'order.placed', 'w-1', { listener: 'pack', ...worker, at: T0 + 11 }),
    dispatched(root, 'order.packed', 'w-1', { causationId: 'order.placed', ...worker }),
  ]);
  expect(rowsOf(story.calls[0]!).map((row) => `${row.depth} ${row.kind}`)).toEqual([
    '0 call',
    '1 event',
    '2 arrival',
    '3 run',
    '4 event',
    '5 run',
    '5 arrival',
  ]);
  expect(linesOf(story.calls[0]!, NOW)[4]).toContain('order.packed');
});

test('A delivery whose dispatch is told later becomes a part of the call that it belongs to.', () => {
  const story = storyOf([
    entry('arrived', T0 + 50, { root: 'run.1', event: 'mail.sent', name: 'mail.sent', number: 1 }),
    call('run.2'),
  ]);
  expect(story.calls.map(({ kind }) => kind)).toEqual(['delivery', 'call']);
  expect(story.add(dispatched('run.1', 'mail.sent', 'run.2-1')).toSorted()).toEqual(['run.1', 'run.2']);
  expect(story.calls.map(({ kind, events }) => [kind, events.length])).toEqual([['call', 1]]);
  expect(story.call('run.1')).toBeUndefined();
  // Entries of the former root belong to the other one from now on, and none of them counts twice.
  const sent = entry('sent', T0 + 3, {
    root: 'run.1',
    event: 'mail.sent',
    listener: 'q',
    destination: 'd',
    from: T0,
    ok: true,
  });
  expect(story.add(sent)).toEqual(['run.2']);
  expect(story.add(sent)).toEqual([]);
});

test('A listener of which nothing is known leaves its event below the event that caused it.', () => {
  const root = 'run.1';
  const story = storyOf([
    call(root),
    dispatched(root, 'a', 'run.1-1'),
    started(root, 'a', 'f-1', { listener: 'queue', listenerKind: 'forwarder' }),
    entry('arrived', T0 + 9, { root, event: 'b', name: 'b', number: 1, causationId: 'a' }),
  ]);
  expect(rowsOf(story.calls[0]!).map((row) => `${row.depth} ${row.kind}`)).toEqual([
    '0 call',
    '1 event',
    '2 run',
    '3 event',
    '4 arrival',
  ]);
});

test('Entries that say that events dispatched each other end in no circle.', () => {
  const root = 'run.1';
  const story = storyOf([
    entry('arrived', T0, { root, event: 'a', name: 'a', number: 1 }),
    started(root, 'a', 'x-1'),
    dispatched(root, 'b', 'x-1'),
    started(root, 'b', 'x-2'),
    dispatched(root, 'a', 'x-2'),
  ]);
  expect(rowsOf(story.calls[0]!)).toHaveLength(6);
});

test('Calls of one batch know each other, and those of two batches are told apart.', () => {
  const at = (index: number, batch: string, ms: number) =>
    entry('opened', T0 + ms, {
      root: `${batch}${index}`,
      call: `${batch}-${index}`,
      scope: 'call',
      path: batch,
      defer: 'auto',
      batchIndex: index,
    });
  const story = storyOf([
    at(0, 'a', 0),
    at(1, 'a', 1),
    at(2, 'a', 2),
    at(0, 'b', 2),
    at(1, 'b', 3),
    at(0, 'c', 500),
    at(1, 'd', 900),
  ]);
  expect(story.calls.map(({ batch }) => batch)).toEqual(['a0', 'a0', 'a0', 'b0', 'b0', undefined, undefined]);
});

test('Hostile texts change no row, and are shown with escapes.', async () => {
  const inspector = anInspector();
  const evil = '\u202Eevil\u0000\n<img src=x onerror=alert(1)>';
  const handlers = e.router().on(
    'user.created',
    () => {
      throw new Error(`${evil} ${'x'.repeat(100_000)}`);
    },
    { name: evil },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await bus.publish('user.created', { id: 'ada' });
  const [known] = await callsOf(inspector);
  const lines = linesOf(known!, NOW);
  expect(lines[2]).toMatch(
    /^ {4}failed \\u202eevil\\u0000\\u000a<img src=x onerror=alert\(1\)> \| failed: \\u202eevil\\u0000$/,
  );
  expect(lines.join('').length).toBeLessThan(500);
  const bad = ['__proto__', 'constructor', 'toString'].flatMap((name): Entry[] => [
    dispatched(name, name),
    entry('gaveUp', T0 + 3, {
      root: name,
      event: name,
      listener: name,
      reason: name,
      attempts: 3,
      error: { name, message: '' },
    }),
  ]);
  expect(storyOf(bad).calls.map((it) => linesOf(it, NOW).at(-1)!.trim())).toEqual([
    'failed __proto__ | gave up after 3 attempts: __proto__',
    'failed constructor | gave up after 3 attempts: constructor',
    'failed toString | gave up after 3 attempts: toString',
  ]);
});
