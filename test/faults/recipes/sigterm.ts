import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';
import { ServerProcess } from '../server-process.ts';

/** The server is told to end while calls are open and listeners run. */
export const sigterm: Recipe = {
  name: 'SIGTERM under load',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    await using server = await ServerProcess.start();
    const calls = scaled(200);
    let answered = 0;
    const errors: string[] = [];
    const all = Promise.all(
      Array.from({ length: calls }, async (_, i) => {
        await sleep((i * 400) / calls);
        try {
          await server.work({
            token: `${i}`,
            time: random() * 1000,
            listenerTime: random() * 300,
            untilTold: i % 10 === 0,
          });
          answered++;
          for (const token of [`${i}`, `${i}, at its end`]) ledger.accept(token, `${i}`, ['first', 'second']);
        } catch (error) {
          errors.push((error as Error).message);
        }
      }),
    );
    await Promise.all([sleep(500), server.until('open', calls)]);
    const before = answered;
    const [hasEnded] = await Promise.all([server.end('SIGTERM'), all]);
    if (errors.length > 0) throw new Error(`${errors.length} open calls failed: ${errors[0]}`);
    server.enter(ledger);
    return {
      ledger,
      isOver: hasEnded,
      figures: `${calls - before} of ${calls} calls were open`,
    };
  },
};
