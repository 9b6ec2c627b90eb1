import { describe, expect, it, onTestFinished } from 'vitest';
import { Fauxqs } from '../servers/fauxqs.ts';
import { isRunning, processesBelow, tellsProcesses, type Process } from './processes.ts';
import { queueVariables, startShop, type Start } from './shop.ts';

describe.skipIf(!tellsProcesses)('the processes of the playground', { timeout: 240_000 }, () => {
  /** Starts the shop, and waits until its worker runs. */
  async function open(how: Start) {
    const shop = await startShop(how);
    const find = (title: string) => processesBelow(shop.pid).find((it) => it.title.includes(title));
    await expect.poll(() => find('worker.ts'), { timeout: 20_000 }).toBeDefined();
    const all: readonly Process[] = processesBelow(shop.pid);
    onTestFinished(() => {
      for (const { pid } of all.filter(isRunning)) process.kill(pid, 'SIGKILL');
    });
    return { shop, all, pidOf: (title: string) => find(title)!.pid };
  }

  it.each<[what: string, end: (found: Awaited<ReturnType<typeof open>>) => void]>([
    ['Ctrl-C', ({ shop }) => process.kill(-shop.pid, 'SIGINT')],
    ['SIGTERM to npm', ({ shop }) => process.kill(shop.pid, 'SIGTERM')],
    ['the death of the web process', ({ pidOf }) => process.kill(pidOf('next-server'), 'SIGKILL')],
  ])('end on %s', async (_, end) => {
    const found = await open({ byNpm: true });
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

  it('have ended when the script ends', async () => {
    const { shop, all } = await open({});
    expect(await shop.stop('SIGTERM')).toEqual({ code: 0, errors: '' });
    expect(all.filter(isRunning)).toEqual([]);
  });

  it('end on the death of the script, though the queues are still there', async () => {
    await using server = await Fauxqs.start();
    const { shop, all } = await open({ variables: queueVariables(server) });
    process.kill(shop.pid, 'SIGKILL');
    await expect.poll(() => all.filter(isRunning), { timeout: 20_000 }).toEqual([]);
  });
});
