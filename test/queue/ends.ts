/** The tests of a worker's end, the same for each broker: signals, deploys, and kills in mid-batch. */
import { expect, it } from 'vitest';
import { pause, until } from '../setup/async.ts';
import { printFigure } from '../setup/figure.ts';
import { exitOf, killAtEnd, newFile, workersOf } from './processes.ts';
import { SCALE } from './scale.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { ProcessOptions } from './worker-process.ts';
import { orders } from './worker.ts';

/** A broker with one queue. */
export interface Scene extends AsyncDisposable {
  /** The data by which a worker process finds the queue. */
  readonly where: unknown;
  /** How many messages are in the queue, and how many of them are leased to a worker. */
  readonly counts: { readonly all: number; readonly leased: number };
  send(count: number): void | Promise<void>;
  /** Returns how many messages were delivered to workers so far. */
  delivered(): number;
  /** Waits until the queue has no message. */
  empty(timeout: number): Promise<void>;
  goAway(): Promise<void>;
}

/** The number of kills. `npm run test:faults` takes all. */
const KILLS = SCALE === 1 ? 50 : 3;
const DEPLOYED = 3000 * SCALE;
const COUNT = 40 * KILLS;
/** How long a test may take, in ms: the full counts take minutes on a busy machine. */
const LIMIT = SCALE === 1 ? 900_000 : 120_000;
/** The number of messages that one worker has at work. */
const AT_WORK = 10;

const ids = (count: number) => orders(count).map(({ id }) => id).toSorted(); // prettier-ignore

/** Defines the tests for a broker. `file` is what a worker process runs. */
export function testEnds(file: string, open: () => Promise<Scene>): void {
  const startOn = ({ where }: Scene, options?: Partial<ProcessOptions>) => workersOf(file, where, options);
  killAtEnd();

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s under load: run ends with code 0 in time, nothing is handled twice, nothing stays leased.',
    async (signal) => {
      await using scene = await open();
      await scene.send(400);
      const workers = startOn(scene, { takes: 20 });
      const child = await workers.start();
      await until(() => workers.of('order').length > 100);
      child.kill(signal);
      // npm and terminals send the signal twice.
      child.kill(signal);
      const { code, ms } = await exitOf(child);
      expect(code).toBe(0);
      expect(ms).toBeLessThan(3000);
      expect(workers.errors).toEqual([]);
      const handled = workers.of('order');
      expect(new Set(handled).size).toBe(handled.length);
      expect(scene.counts).toEqual({ all: 400 - handled.length, leased: 0 });
    },
    20_000,
  );

  it('SIGTERM while the broker is gone: the process ends with code 0 in time.', async () => {
    await using scene = await open();
    await scene.send(5);
    const workers = startOn(scene, { takes: 1000, timeout: 2000 });
    const child = await workers.start();
    await until(() => scene.delivered() === 5);
    // The messages reach the worker, and are at work when the broker goes away.
    await pause(300);
    await scene.goAway();
    await pause(400);
    child.kill('SIGTERM');
    const { code, ms } = await exitOf(child);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(4000);
    expect(workers.of('order').toSorted()).toEqual(ids(5));
  }, 20_000);

  it('A deploy of three workers, one after the other, loses and repeats nothing.', async () => {
    await using scene = await open();
    await scene.send(DEPLOYED);
    const workers = startOn(scene, { takes: 10 });
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

  it.concurrent(
    'kill -9 in mid-batch loses nothing, chained events included.',
    async () => {
      await using scene = await open();
      const workers = startOn(scene, { takes: 25, lease: 2 });
      await killOften(scene, workers, () => workers.of('order').length);
      for (const kind of ['order', 'mail'])
        expect([...new Set(workers.of(kind))].toSorted()).toEqual(ids(COUNT));
      // A message that was delivered again must chain the same event.
      const chained = new Set(workers.lines().filter((line) => line.startsWith('mail')));
      expect(chained.size).toBe(COUNT);
      printFigure(`${KILLS} kills: ${COUNT} orders, lost 0, twice ${workers.of('order').length - COUNT}`);
    },
    LIMIT,
  );

  it.concurrent(
    'With a store that survives, kill -9 repeats each message at work at most once.',
    async () => {
      await using scene = await open();
      const store = { path: newFile('store'), inTransaction: false };
      const workers = startOn(scene, { takes: 25, lease: 2, store });
      await killOften(scene, workers, () => workers.of('order').length);
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
      await using scene = await open();
      const store = { path: newFile('store'), inTransaction: true };
      const workers = startOn(scene, { takes: 25, lease: 2, store });
      const effects = new SqliteStore(store.path);
      await killOften(scene, workers, () => effects.effects.length);
      expect(effects.effects.toSorted()).toEqual(ids(COUNT));
    },
    LIMIT,
  );
}

/**
 * Kills workers in mid-batch, and lets the last one empty the queue. Half of them are killed while their listeners run, and
 * half when some have ended, whose answers may not have been sent. `handled` returns how many have ended.
 */
async function killOften(
  scene: Scene,
  workers: ReturnType<typeof workersOf>,
  handled: () => number,
): Promise<void> {
  await scene.send(COUNT);
  for (let kill = 0; kill < KILLS; kill++) {
    const [delivered, before] = [scene.delivered(), handled()];
    const child = await workers.start();
    await until(() => scene.delivered() >= delivered + AT_WORK);
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
