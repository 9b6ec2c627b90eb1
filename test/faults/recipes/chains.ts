import { setTimeout as sleep } from 'node:timers/promises';
import { e, isDrained, onlyReports } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

const DEPTH = 16;

/** Event A causes B, which causes A. `limits.depth` ends the loop, which is reported. */
export const loop: Recipe = {
  name: 'a loop A → B → A',
  async run({ scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports('CHAIN_TOO_DEEP');
    let cut = 0;
    const router = e.router();
    for (const [from, to] of [
      ['loop.a', 'loop.b'],
      ['loop.b', 'loop.a'],
    ] as const) {
      router.on(
        from,
        async ({ event, ctx }) => {
          const token = `${event.payload.token}>`;
          await sleep(0);
          ctx.dispatch(to, { token });
          if (event.depth < DEPTH) ledger.accept(token, token, [to]);
          ledger.handle(event.payload.token, from);
        },
        { name: from },
      );
    }
    const bus = e.bus({
      handlers: [router],
      limits: { depth: DEPTH },
      onError: (report) => {
        if (report.error.code === 'CHAIN_TOO_DEEP') cut++;
        reports.onError(report);
      },
    });
    const loops = scaled(100);
    await Promise.all(
      Array.from({ length: loops }, async (_, i) => {
        ledger.accept(`${i}`, `${i}`, ['loop.a']);
        await bus.publish('loop.a', { token: `${i}` });
      }),
    );
    const isOver = await isDrained(bus);
    reports.check();
    if (cut !== loops) throw new Error(`${cut} of ${loops} loops were cut`);
    if (ledger.counts.handled !== loops * (DEPTH + 1))
      throw new Error(`${ledger.counts.handled} events were handled, not ${DEPTH + 1} a loop`);
    return { ledger, isOver, figures: `${cut} cut at depth ${DEPTH}` };
  },
};

/** Each event causes ten others, level after level. */
export const fanOut: Recipe = {
  name: 'a fan-out of 10 at each level',
  async run({ scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports();
    const levels = 1 + Math.round(Math.log10(scaled(1000)));
    const router = e.router();
    router.on(
      'tree.grown',
      async ({ event, ctx }) => {
        await sleep(0);
        const { token } = event.payload;
        if (event.depth < levels) {
          for (let n = 0; n < 10; n++) {
            ctx.dispatch('tree.grown', { token: `${token}.${n}` });
            ledger.accept(`${token}.${n}`, token, ['tree']);
          }
        }
        ledger.handle(token, 'tree');
      },
      { name: 'tree' },
    );
    const bus = e.bus({ handlers: [router], onError: reports.onError });
    ledger.accept('0', 'root', ['tree']);
    await bus.publish('tree.grown', { token: '0' });
    const isOver = await isDrained(bus);
    reports.check();
    return { ledger, isOver, figures: `${levels} levels` };
  },
};
