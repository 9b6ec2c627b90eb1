import { afterEach, expect, it, vi } from 'vitest';
import { rejectionOf } from '../core/shop.ts';
import { BatchSender } from '../../src/sqs/receive/batch-sender.ts';
import { Poll } from '../../src/sqs/receive/poll.ts';
import { Visibility, type VisibilityChange } from '../../src/sqs/receive/visibility.ts';
import { orders } from '../queue/worker.ts';
import { stage } from './worker.ts';
import { gate, pause, until } from '../setup/async.ts';

afterEach(() => vi.useRealTimers());

it('A listener that takes three visibilities runs once, is extended from half of each on, and never after the delete.', async () => {
  await using scene = await stage();
  let runs = 0;
  await scene.worker({
    work: () => (runs++, pause(3200)),
    consumer: { visibilityTimeout: 1 },
  });
  await scene.send(orders(1));
  await scene.empty();
  await pause(700);
  expect(runs).toBe(1);
  const actions = scene.log().map(({ action }) => action);
  expect(actions.filter((action) => action === 'receive')).toHaveLength(1);
  expect(actions.at(-1)).toBe('delete');
  const extensions = scene.log('visibility');
  expect(extensions.length).toBeGreaterThanOrEqual(5);
  const times = [scene.log('receive')[0]!, ...extensions].map(({ at }) => at);
  // Each extension comes after half of the time that was left when the answer came. A slow answer shortens that time.
  for (const [i, at] of times.slice(1).entries()) expect(at - times[i]!).toBeGreaterThanOrEqual(350);
  expect(extensions.every(({ seconds }) => seconds === 1)).toBe(true);
});

it('A message that waits for its group is extended too, and runs once.', async () => {
  await using scene = await stage('orders.fifo');
  const runs: string[] = [];
  // One receive brings all messages only if they are in the queue before it.
  await scene.send(orders(4, () => 'one'));
  const { consumer } = await scene.worker({
    work: (id) => (runs.push(id), pause(700)),
    consumer: { visibilityTimeout: 1 },
  });
  expect(consumer.status.inFlight).toBe(4);
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1', 'o2', 'o3']);
  expect(scene.log('receive').map(({ order }) => order).toSorted()).toEqual(runs); // prettier-ignore
});

it('An extension that is under way ends before the delete is sent.', async () => {
  await using scene = await stage();
  const { promise, open } = gate();
  const { consumer } = await scene.worker({ work: () => promise, consumer: { visibilityTimeout: 1 } });
  const release = scene.server.faults.hold(({ VisibilityTimeout }) => VisibilityTimeout !== undefined);
  await scene.send(orders(1));
  await until(() =>
    scene.server.requests.some(({ operation }) => operation === 'ChangeMessageVisibilityBatch'),
  );
  open();
  await pause(50);
  expect(scene.queue.messages).toHaveLength(1);
  release();
  await scene.empty();
  expect(scene.log().map(({ action }) => action)).toEqual(['receive', 'visibility', 'delete']);
  await until(() => consumer.status.inFlight === 0);
});

it('A lost lease aborts the signal of the listeners, is reported, and the message is neither deleted nor hidden.', async () => {
  await using scene = await stage();
  const reasons: unknown[] = [];
  const worker = await scene.worker({
    work: (_, { signal }) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => (reasons.push(signal.reason), resolve()));
      }),
    consumer: { visibilityTimeout: 1 },
  });
  let isFirst = true;
  const undo = scene.server.faults.failEntries((_, operation) => {
    if (operation !== 'ChangeMessageVisibilityBatch' || !isFirst) return undefined;
    isFirst = false;
    return 'final';
  });
  await scene.send(orders(1));
  await until(() => reasons.length > 0);
  undo();
  expect(reasons[0]).toMatchObject({
    code: 'RECEIVE_FAILED',
    message: expect.stringContaining('no longer hidden'),
  });
  expect(worker.texts).toEqual([
    expect.stringMatching(/^sqs\/orders, message [\w-]+: The message is no longer hidden/),
  ]);
  await pause(100);
  expect(scene.log('delete')).toEqual([]);
  // The message comes again when its visibility timeout is over.
  await until(() => scene.log('receive').length === 2);
});

it('A message that is lost while it waits for its group has not run here, and comes again in its order.', async () => {
  await using scene = await stage('orders.fifo');
  const runs: string[] = [];
  await scene.send(orders(3, () => 'one'));
  const [, second] = scene.server.log.map(({ messageId }) => messageId);
  const worker = await scene.worker({
    work: (id) => (runs.push(id), pause(id === 'o0' ? 2500 : 0)),
    consumer: { visibilityTimeout: 2 },
    isIdle: true,
  });
  let isJudged = false;
  scene.server.faults.failEntries(({ ReceiptHandle = '', VisibilityTimeout }) => {
    if (isJudged || VisibilityTimeout === undefined || !ReceiptHandle.includes(second!)) return undefined;
    isJudged = true;
    return 'final';
  });
  await worker.consumer.start();
  await scene.empty();
  expect(runs).toEqual(['o0', 'o1', 'o2']);
  expect(worker.texts).toEqual([
    expect.stringContaining(`message ${second}: The message is no longer hidden`),
  ]);
  expect(scene.log('receive').map(({ order }) => order)).toEqual(['o0', 'o1', 'o2', 'o1', 'o2']);
}, 15_000);

it('FIFO: a message whose delete fails comes again before the next of its group has run.', async () => {
  await using scene = await stage('orders.fifo');
  const runs: string[] = [];
  let refused = 0;
  scene.server.faults.failEntries((_, operation) =>
    operation === 'DeleteMessageBatch' && refused++ === 0 ? 'final' : undefined,
  );
  await scene.send(orders(3, () => 'one'));
  const worker = await scene.worker({ work: (id) => void runs.push(id), consumer: { visibilityTimeout: 1 } });
  await scene.empty();
  expect(runs).toEqual(['o0', 'o0', 'o1', 'o2']);
  expect(worker.texts).toEqual([expect.stringContaining('it was handled, but not deleted')]);
});

it('A poll that nobody answers is ended ten seconds after its wait.', async () => {
  vi.useFakeTimers();
  const never = (_: unknown, signal: AbortSignal) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('Request aborted'))),
    );
  const poll = new Poll({ receive: never }, 30);
  const asked = rejectionOf(poll.ask(10, 20));
  await vi.advanceTimersByTimeAsync(29_999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await asked).toMatchObject({ message: 'The queue has not answered for 30 s' });
});

it('Extensions that fail for a moment are repeated, and then nothing is lost.', async () => {
  await using scene = await stage();
  let runs = 0;
  const worker = await scene.worker({
    work: () => (runs++, pause(4500)),
    consumer: { visibilityTimeout: 4 },
  });
  scene.server.faults.failNext('ChangeMessageVisibilityBatch', 'throttle', 2);
  let judged = 0;
  scene.server.faults.failEntries((_, operation) =>
    operation === 'ChangeMessageVisibilityBatch' && judged++ === 0 ? 'transient' : undefined,
  );
  await scene.send(orders(1));
  await scene.empty();
  expect(runs).toBe(1);
  expect(worker.texts).toEqual([]);
});

it('Only deletes that fail are repeated, and no message is handled twice.', async () => {
  await using scene = await stage();
  const runs: string[] = [];
  const worker = await scene.worker({ work: (id) => void runs.push(id) });
  scene.server.faults.failNext('DeleteMessageBatch', 'throttle', 1);
  const failed = new Set<string>();
  scene.server.faults.failEntries(({ ReceiptHandle = '' }, operation) => {
    if (operation !== 'DeleteMessageBatch' || failed.has(ReceiptHandle) || failed.size >= 4) return undefined;
    failed.add(ReceiptHandle);
    return 'transient';
  });
  await scene.send(orders(10));
  await scene.empty();
  expect(runs).toHaveLength(10);
  expect(scene.log('receive')).toHaveLength(10);
  expect(scene.log('delete')).toHaveLength(10);
  expect(worker.texts).toEqual([]);
});

it('A delete that is refused for good is reported with its message.', async () => {
  await using scene = await stage();
  const worker = await scene.worker();
  scene.server.faults.failEntries((_, operation) =>
    operation === 'DeleteMessageBatch' ? 'final' : undefined,
  );
  await scene.send(orders(1));
  await until(() => worker.texts.length === 1);
  expect(worker.texts[0]).toMatch(
    /^sqs\/orders, message [\w-]+: it was handled, but not deleted, and may come again/,
  );
  expect(worker.consumer.status.inFlight).toBe(0);
});

it('After 12 hours a message is lost, and its last extension reaches no further.', async () => {
  vi.useFakeTimers();
  const sent: VisibilityChange[] = [];
  const changes = new BatchSender<VisibilityChange>(
    (entries) => (sent.push(...entries), Promise.resolve({ Successful: entries })),
    { answered() {}, failed() {} },
  );
  const visibility = new Visibility('handle', 3600, changes);
  const extended: number[] = [];
  visibility.extended = (ms) => extended.push(Math.round(ms / 1000) * 1000);
  await vi.advanceTimersByTimeAsync(43_200_000 - 10_000);
  expect(visibility.isLost).toBe(false);
  expect(visibility.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(visibility.isLost).toBe(true);
  expect(visibility.signal.reason).toMatchObject({ message: expect.stringContaining('12 hours') });
  expect(extended).toEqual(sent.map(({ VisibilityTimeout }) => VisibilityTimeout * 1000));
  const reached = sent.length;
  await vi.advanceTimersByTimeAsync(43_200_000);
  expect(sent).toHaveLength(reached);
  expect(Math.max(...extended)).toBe(3_600_000);
});

it('The claims of a dedupe store are extended with the visibility.', async () => {
  await using scene = await stage();
  const extended: [string, number][] = [];
  const dedupe = {
    claim: () => 'run' as const,
    extend: (key: string, ms: number) => void extended.push([key, ms]),
    complete() {},
    release() {},
  };
  await scene.worker({ work: () => pause(1200), consumer: { visibilityTimeout: 1, dedupe } });
  await scene.send(orders(1));
  await scene.empty();
  expect(extended.length).toBeGreaterThanOrEqual(2);
  // A claim ends some time before the message comes again.
  const [key, ms] = extended[0]!;
  expect(key).toContain('o0');
  expect(ms).toBeGreaterThan(600);
  expect(ms).toBeLessThanOrEqual(900);
});
