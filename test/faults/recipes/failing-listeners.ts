import { setTimeout as sleep } from 'node:timers/promises';
import { e, inParallel, isDrained, onlyReports, t } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

const LISTENERS = ['one', 'two', 'three', 'four', 'five'];
const PER_CALL = 5;

/** 5 % of attempts fail. Only failed listeners are retried, and events that a failed attempt dispatched are dropped. */
export const failingListeners: Recipe = {
  name: '5 % of attempts fail',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports();
    let failures = 0;
    const router = e.router();
    for (const name of LISTENERS) {
      router.on(
        'work.done',
        async ({ event, ctx, attempt }) => {
          const { token } = event.payload;
          const note = `${token} ${name} ${attempt}`;
          ctx.dispatch('work.noted', { token: note });
          if (random() < 0.5) await sleep(random() * 3);
          if (random() < 0.05) {
            failures++;
            throw new Error('one in twenty');
          }
          ledger.handle(token, name);
          ledger.accept(note, note, ['notes']);
        },
        { name, retry: { attempts: 20, minDelay: 1, maxDelay: 20 }, timeout: 20_000 },
      );
    }
    router.on('work.noted', ({ event }) => ledger.handle(event.payload.token, 'notes'), { name: 'notes' });
    const bus = e.bus({ handlers: [router], onError: reports.onError });
    const { work } = t.createCallerFactory(
      t.router({
        work: t.procedure
          .use(bus.middleware({ defer: { name: 'soon', start: (flush) => void setTimeout(flush, 0) } }))
          .input((input) => input as number)
          .mutation(({ ctx, input }) => {
            for (let n = 0; n < PER_CALL; n++) ctx.dispatch('work.done', { token: `${input}.${n}` });
          }),
      }),
    )({});
    const calls = scaled(1000 / PER_CALL);
    await inParallel(calls, 50, async (i) => {
      await work(i);
      for (let n = 0; n < PER_CALL; n++) ledger.accept(`${i}.${n}`, `call ${i}`, LISTENERS);
    });
    const isOver = await isDrained(bus);
    reports.check();
    return { ledger, isOver, figures: `${failures} attempts failed` };
  },
};
