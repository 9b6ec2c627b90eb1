import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { SCALE } from '../queue/scale.ts';
import { SqliteStore } from '../sqs/sqlite-store.ts';
import type { ProcessOptions } from './worker-process.ts';
import { orders, stage } from './worker.ts';
import { pause, until } from '../setup/async.ts';

/** `npm run test:faults` takes all. */
const KILLS = SCALE === 1 ? 50 : 2;
const DEPLOYED = 3000 * SCALE;

const folder = mkdtempSync(join(tmpdir(), 'trpc-events-pubsub-'));
const children = new Set<ChildProcess>();
afterAll(() => {
  // A worker whose server is gone would wait for it for ever.
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
let files = 0;

type Scene = Awaited<ReturnType<typeof stage>>;

/** Starts worker processes on one queue, which write to one ledger. */
function workersOf(scene: Scene, options: Partial<ProcessOptions> = {}) {
  const ledger = join(folder, `ledger-${files++}`);
  const given: ProcessOptions = {
    address: scene.server.address,
    ledger,
    takes: 5,
    concurrency: 10,
    deadline: 10,
    ...options,
  };
  const errors: string[] = [];
  const lines = () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').trimEnd().split('\n') : []);
  return {
    errors,
    async start(): Promise<ChildProcess> {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'worker-process.ts'), JSON.stringify(given)],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      children.add(child);
      child.stderr.on('data', (text: Buffer) => {
        if (!/ExperimentalWarning|--trace-warnings/.test(String(text))) errors.push(String(text));
      });
      await once(child.stdout, 'data');
      return child;
    },
    lines,
    /** The lines of a kind, by what they are of. */
    of: (kind: string) =>
      lines().flatMap((line) => (line.startsWith(`${kind} `) ? [line.split(' ')[1]!] : [])),
  };
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; ms: number }> {
  const begun = performance.now();
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, ms: performance.now() - begun };
}
const ids = (count: number) => orders(count).map(({ id }) => id).toSorted(); // prettier-ignore

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s under load: run ends with code 0 in time, nothing is handled twice, nothing stays leased.',
  async (signal) => {
    await using scene = await stage();
    scene.send(orders(400));
    const workers = workersOf(scene, { takes: 20 });
    const child = await workers.start();
    await until(() => workers.of('order').length > 100);
    child.kill(signal);
    // npm and terminals send it twice.
    child.kill(signal);
    const { code, ms } = await exitOf(child);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(3000);
    expect(workers.errors).toEqual([]);
    const handled = workers.of('order');
    expect(new Set(handled).size).toBe(handled.length);
    expect(scene.subscription.counts).toEqual({ waiting: 400 - handled.length, out: 0 });
  },
  20_000,
);

it('SIGTERM while the broker is gone: the process ends with code 0 in time.', async () => {
  await using scene = await stage();
  scene.send(orders(5));
  const workers = workersOf(scene, { takes: 300, deadline: 10, timeout: 1500 });
  const child = await workers.start();
  await until(() => scene.log('extend').length === 5);
  await scene.server.goAway();
  await pause(400);
  child.kill('SIGTERM');
  const { code, ms } = await exitOf(child);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(4000);
  expect(workers.of('order').toSorted()).toEqual(ids(5));
}, 20_000);

it('A deploy of three workers, one after the other, loses and repeats nothing.', async () => {
  await using scene = await stage();
  scene.send(orders(DEPLOYED));
  const workers = workersOf(scene, { takes: 10 });
  let child = await workers.start();
  for (const part of [0.2, 0.5]) {
    await until(() => workers.of('order').length > DEPLOYED * part, 60_000);
    child.kill('SIGTERM');
    const ended = exitOf(child);
    child = await workers.start();
    expect((await ended).code).toBe(0);
  }
  await scene.empty(60_000);
  child.kill('SIGTERM');
  expect((await exitOf(child)).code).toBe(0);
  expect(workers.of('order').toSorted()).toEqual(ids(DEPLOYED));
  expect(workers.of('mail').toSorted()).toEqual(ids(DEPLOYED));
  expect(workers.errors).toEqual([]);
}, 120_000);

const COUNT = 40 * KILLS;
/** How long a test may take, in ms: the full counts take minutes on a busy machine. */
const LIMIT = SCALE === 1 ? 900_000 : 120_000;
/** The messages that one worker has at work. */
const AT_WORK = 10;

/**
 * Kills workers in mid-batch, and lets the last one empty the queue. Half of them are killed while their listeners run, and
 * half when some have ended, of which `handled` returns the number, and whose acks may not have been sent.
 */
async function killOften(
  scene: Scene,
  workers: ReturnType<typeof workersOf>,
  count: number,
  handled: () => number = () => workers.of('order').length,
): Promise<void> {
  scene.send(orders(count));
  for (let kill = 0; kill < KILLS; kill++) {
    const [delivered, before] = [scene.log('deliver').length, handled()];
    const child = await workers.start();
    await until(() => scene.log('deliver').length >= delivered + AT_WORK);
    if (kill % 2 === 0) await pause(13 * (kill % 6));
    else while (handled() < before + (kill % 20)) await pause(1);
    child.kill('SIGKILL');
    await exitOf(child);
  }
  const last = await workers.start();
  await scene.empty(LIMIT);
  last.kill('SIGTERM');
  expect((await exitOf(last)).code).toBe(0);
}

it.concurrent(
  'kill -9 in mid-batch loses nothing, chained events included.',
  async () => {
    await using scene = await stage();
    const workers = workersOf(scene, { takes: 25, deadline: 2 });
    await killOften(scene, workers, COUNT);
    for (const kind of ['order', 'mail'])
      expect([...new Set(workers.of(kind))].toSorted()).toEqual(ids(COUNT));
    // A message that was delivered again has chained the same event.
    const chained = new Set(workers.lines().filter((line) => line.startsWith('mail')));
    expect(chained.size).toBe(COUNT);
    printFigure(`${KILLS} kills: ${COUNT} orders, lost 0, twice ${workers.of('order').length - COUNT}`);
  },
  LIMIT,
);

it.concurrent(
  'With a store that survives, kill -9 repeats each message at work at most once.',
  async () => {
    await using scene = await stage();
    const store = { path: join(folder, `store-${files++}.db`), inTransaction: false };
    const workers = workersOf(scene, { takes: 25, deadline: 2, store });
    await killOften(scene, workers, COUNT);
    const handled = workers.of('order');
    expect([...new Set(handled)].toSorted()).toEqual(ids(COUNT));
    expect([...new Set(workers.of('mail'))].toSorted()).toEqual(ids(COUNT));
    expect(handled.length - COUNT).toBeLessThanOrEqual(KILLS * AT_WORK);
    printFigure(
      `${KILLS} kills with a store: lost 0, twice ${handled.length - COUNT} of at most ${KILLS * AT_WORK}`,
    );
  },
  LIMIT,
);

it.concurrent(
  'With effect and mark in one transaction, kill -9 repeats nothing.',
  async () => {
    await using scene = await stage();
    const store = { path: join(folder, `store-${files++}.db`), inTransaction: true };
    const workers = workersOf(scene, { takes: 25, deadline: 2, store });
    const effects = new SqliteStore(store.path);
    await killOften(scene, workers, COUNT, () => effects.effects.length);
    expect(effects.effects.toSorted()).toEqual(ids(COUNT));
  },
  LIMIT,
);
