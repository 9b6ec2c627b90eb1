import { describe, expect, it } from 'vitest';
import { isRunning, processesBelow, tellsProcesses, type Process } from './processes.ts';
import { startShop } from './shop.ts';

describe.skipIf(!tellsProcesses)('the processes of the playground', { timeout: 240_000 }, () => {
  /** Starts the shop as a terminal does. Waits until its worker is there, too. */
  async function open() {
    const shop = await startShop({ byNpm: true });
    const find = (title: string) => processesBelow(shop.pid).find((it) => it.title.includes(title));
    await expect.poll(() => find('worker.ts'), { timeout: 20_000 }).toBeDefined();
    const all: readonly Process[] = processesBelow(shop.pid);
    return { shop, all, pidOf: (title: string) => find(title)!.pid };
  }

  it.each<[what: string, end: (found: Awaited<ReturnType<typeof open>>) => void]>([
    ['Ctrl-C', ({ shop }) => process.kill(-shop.pid, 'SIGINT')],
    ['SIGTERM to npm', ({ shop }) => process.kill(shop.pid, 'SIGTERM')],
    ['the death of the web process', ({ pidOf }) => process.kill(pidOf('next-server'), 'SIGKILL')],
    ['the death of the script', ({ pidOf }) => process.kill(pidOf('node playground/start.ts --'), 'SIGKILL')],
  ])('end on %s', async (_, end) => {
    const found = await open();
    expect(found.all.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('playground/start.ts'),
        expect.stringContaining('next-server'),
        expect.stringContaining('worker.ts'),
      ]),
    );
    end(found);
    await expect.poll(() => found.all.filter(isRunning), { timeout: 20_000 }).toEqual([]);
  });
});
