import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeyLines } from '../../src/pubsub/receive/key-lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Message {
  readonly id: string;
  readonly line: string;
  readonly copy: number;
}

/** Makes lines, and records what they ask for. */
function setUp() {
  const started: Message[] = [];
  const back: string[] = [];
  const goingBack = new Set<string>();
  const lines = new KeyLines<Message>({
    start: (message) => void started.push(message),
    giveBack: (messages) => void back.push(...messages.map(nameOf)),
    isGoingBack: ({ id }) => goingBack.has(id),
  });
  let copies = 0;
  const enter = (...ids: readonly string[]) =>
    ids.map((id) => {
      const older = lines.enter({ id, line: 'key', copy: ++copies });
      return older && nameOf(older);
    });
  return {
    lines,
    back,
    /** The ids of messages that are on their way back, but may not have arrived. */
    goingBack,
    enter,
    /** The names of the messages that were started. */
    get started() {
      return started.map(({ id }) => id);
    },
    all: started,
    get last() {
      return started.at(-1)!;
    },
  };
}
const nameOf = ({ id }: Message) => id;

it('One message of a line runs at a time, in order, and other lines go on.', () => {
  const it = setUp();
  it.enter('a', 'b', 'c');
  it.lines.enter({ id: 'z', line: 'other', copy: 0 });
  expect(it.started).toEqual(['a', 'z']);
  it.lines.done({ ...it.last, id: 'unknown', line: 'key' });
  expect(it.started).toEqual(['a', 'z']);
});

it('After a failure the later ones are returned, and what was on its way already does not run before the failed one.', () => {
  const it = setUp();
  it.enter('a', 'b', 'c');
  expect(it.lines.failed(it.last).map(nameOf)).toEqual(['b', 'c']);
  // Pub/Sub had sent `d` before it knew of the failure.
  it.enter('d');
  expect(it.started).toEqual(['a']);
  it.enter('a');
  expect(it.started).toEqual(['a', 'a']);
  // Pub/Sub sends `d` again, after the messages that come before it.
  expect(it.back).toEqual(['d']);
  it.enter('b', 'c', 'd');
  for (const expected of ['b', 'c', 'd']) {
    it.lines.done(it.last);
    expect(it.last.id).toBe(expected);
  }
  it.lines.done(it.last);
  expect(vi.getTimerCount()).toBe(0);
});

it('When the failed one does not come, as after a dead letter, a later one that was given back shows that it is its turn.', () => {
  const it = setUp();
  it.enter('a', 'b', 'c');
  it.lines.failed(it.last);
  it.enter('b', 'c');
  expect(it.started).toEqual(['a', 'b']);
  expect(it.back).toEqual([]);
});

it('When none of them comes, what arrived instead is given back once, and runs when it comes again.', async () => {
  const it = setUp();
  it.enter('a');
  it.lines.failed(it.last);
  it.enter('b', 'c');
  await vi.advanceTimersByTimeAsync(999);
  expect(it.back).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(it.back).toEqual(['b', 'c']);
  expect(it.started).toEqual(['a']);
  it.enter('b', 'c');
  expect(it.started).toEqual(['a', 'b']);
  it.lines.done(it.last);
  it.lines.done(it.last);
  expect(vi.getTimerCount()).toBe(0);
});

it('A line that waits for nothing is forgotten when the time is over, and then takes any message.', async () => {
  const it = setUp();
  it.enter('a');
  it.lines.failed(it.last);
  await vi.advanceTimersByTimeAsync(9000);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(0);
  it.enter('b');
  expect(it.started).toEqual(['a', 'b']);
});

it('A message that comes again while it runs is the next, and one that comes again while it waits keeps its place.', () => {
  const it = setUp();
  expect(it.enter('a', 'b', 'c')).toEqual([undefined, undefined, undefined]);
  expect(it.enter('a')).toEqual(['a']);
  expect(it.enter('b')).toEqual(['b']);
  const order = [it.last];
  for (let n = 0; n < 3; n++) {
    it.lines.done(it.last);
    order.push(it.last);
  }
  expect(order.map(({ id, copy }) => [id, copy])).toEqual([
    ['a', 1],
    ['a', 4],
    ['b', 5],
    ['c', 3],
  ]);
});

it('A message that has failed, and has come again before, runs at once, and nothing is given back.', () => {
  const it = setUp();
  it.enter('a', 'b');
  const first = it.last;
  it.enter('a');
  expect(it.lines.failed(first)).toEqual([]);
  expect(it.last).toMatchObject({ id: 'a', copy: 3 });
});

it('Behind a message that was left, the later ones wait until it has come again.', async () => {
  const it = setUp();
  it.enter('a', 'b');
  it.lines.left(it.last, 70_000);
  it.enter('c');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(it.started).toEqual(['a']);
  it.enter('a');
  expect(it.started).toEqual(['a', 'a']);
  expect(it.back).toEqual(['b', 'c']);
});

it('clear returns what waits, in order, and leaves no timer.', () => {
  const it = setUp();
  it.enter('a');
  it.lines.failed(it.last);
  it.enter('b', 'c');
  expect(it.lines.clear().map(nameOf)).toEqual(['b', 'c']);
  expect(vi.getTimerCount()).toBe(0);
});

it('The failed one is waited for, even after what came instead was given back.', async () => {
  const it = setUp();
  it.enter('a', 'b');
  it.lines.failed(it.last);
  it.enter('c');
  await vi.advanceTimersByTimeAsync(1000);
  expect(it.back).toEqual(['c']);
  // Another consumer had them, and has given them back too.
  it.enter('a', 'b', 'c');
  expect(it.started).toEqual(['a', 'a']);
  expect(it.back).toEqual(['c']);
});

it('After close, nothing is waited for, and what ends late sets no timer.', () => {
  const it = setUp();
  it.enter('a', 'b');
  it.lines.enter({ id: 'z', line: 'other', copy: 0 });
  const [first, other] = it.all as [Message, Message];
  expect(it.lines.close().map(nameOf)).toEqual(['b']);
  it.lines.left(first, 70_000);
  expect(it.lines.failed(other)).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it('While nobody knows whether a message was given back, no later one runs, even if it comes again.', async () => {
  const it = setUp();
  it.goingBack.add('a');
  it.enter('a', 'b');
  it.lines.failed(it.last);
  it.enter('b', 'c');
  await vi.advanceTimersByTimeAsync(15_000);
  expect(it.started).toEqual(['a']);
  expect(it.back).toEqual([]);
  it.goingBack.clear();
  await vi.advanceTimersByTimeAsync(1000);
  expect(it.back).toEqual(['b', 'c']);
  it.enter('b');
  expect(it.started).toEqual(['a', 'b']);
});

it('A message that could not be given back is waited for until it comes again by itself.', async () => {
  const it = setUp();
  it.enter('a', 'b');
  it.lines.failed(it.last);
  it.lines.stayed(['z', 'a'], 70_000);
  it.enter('c', 'b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(it.started).toEqual(['a']);
  it.enter('a');
  expect(it.started).toEqual(['a', 'a']);
  expect(it.back).toEqual(['c', 'b']);
  it.lines.clear();
  expect(vi.getTimerCount()).toBe(0);
});
