import { setTimeout as sleep } from 'node:timers/promises';
import type { EventsError } from '../../../src/index.ts';
import { e, isDrained, onlyReports, workOf } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

/** `close` times out while listeners wait for another attempt or a slot. Each event is handled or reported as given up. */
export const closing: Recipe = {
  name: 'close amid retries',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports('LISTENER_FAILED');
    // The first attempt of `held` keeps the slot that the others wait for.
    let letGo = () => {};
    const outOfTime = new Promise<void>((resolve) => (letGo = resolve));
    const router = e.router();
    for (const [name, concurrency] of [
      ['free', undefined],
      ['narrow', 2],
      ['down', undefined],
      ['held', 1],
    ] as const) {
      router.on(
        'work.done',
        async ({ event }) => {
          await sleep(random() * 5);
          if (name === 'held') await outOfTime;
          if (name === 'down' || (name !== 'held' && random() < 0.3)) throw new Error('down');
          ledger.handle(event.payload.token, name);
        },
        { name, concurrency, retry: { attempts: 50, minDelay: 20, factor: 10_000, maxDelay: 600_000 } },
      );
    }
    const bus = e.bus({
      handlers: [router],
      onError: reports.onError,
      deadLetter: ({ event, listener }) => ledger.giveUp(event.payload.token, listener),
      defer: { name: 'soon', start: (flush) => void setTimeout(flush, 0) },
    });
    const work = workOf(bus, () => sleep(random() * 30));
    const refusals: string[] = [];
    const calls = scaled(1000);
    const all = Promise.all(
      Array.from({ length: calls }, async (_, i) => {
        try {
          await sleep(random() * 60);
          await work(`${i}`);
          ledger.accept(`${i}`, `${i}`, ['free', 'narrow', 'down', 'held']);
        } catch (error) {
          refusals.push(((error as Error).cause as EventsError | undefined)?.code ?? String(error));
        }
      }),
    );
    await sleep(40);
    try {
      await bus.close({ timeout: 150 });
      throw new Error('The bus was closed before all was handled');
    } catch (error) {
      if ((error as EventsError).code !== 'DRAIN_TIMEOUT') throw error;
    }
    letGo();
    await all;
    // Attempts that were still running at the timeout end by themselves.
    const isOver = await isDrained(bus);
    if (refusals.some((code) => code !== 'CLOSED')) throw new Error(`Calls were refused by ${refusals[0]}`);
    reports.check();
    const { givenUp } = ledger.counts;
    return { ledger, isOver, figures: `${refusals.length} calls refused, ${givenUp} deliveries given up` };
  },
};
