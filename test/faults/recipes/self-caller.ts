import { setTimeout as sleep } from 'node:timers/promises';
import { e, isDone, isDrained, onlyReports, workOf } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

const DEPTH = 5;

/** A listener with a concurrency of 1 calls a procedure that dispatches to it, and publishes to itself. */
export const selfCaller: Recipe = {
  name: 'a listener that calls itself',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports('LIMIT_EXCEEDED');
    const router = e.router();
    router.on(
      'work.done',
      async ({ event }) => {
        const { token } = event.payload;
        if (random() < 0.3) await sleep(1);
        if (event.depth < DEPTH) {
          ledger.accept(`${token}c`, `${token}c`, ['self']);
          await work(`${token}c`);
          if (random() < 0.5) {
            ledger.accept(`${token}p`, `${token}p`, ['self']);
            await bus.publish('work.done', { token: `${token}p` });
          }
        }
        ledger.handle(token, 'self');
      },
      { name: 'self', concurrency: 1 },
    );
    const bus = e.bus({ handlers: [router], onError: reports.onError, limits: { pending: 2 } });
    const work = workOf(bus);
    const calls = scaled(100);
    const all = Promise.all(
      Array.from({ length: calls }, async (_, i) => {
        ledger.accept(`${i}`, `${i}`, ['self']);
        await work(`${i}`);
      }),
    );
    const isOver = (await isDone(all)) && (await isDrained(bus));
    reports.check();
    return { ledger, isOver, figures: `${calls} calls, ${DEPTH} deep` };
  },
};
