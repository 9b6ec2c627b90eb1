import { Ledger, type Verdict } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';
import type { Seam } from '../server.ts';
import { ServerProcess } from '../server-process.ts';

const SEAMS: readonly Seam[] = ['before the response', 'between response and flush', 'in mid-flush'];
const LISTENERS = ['first', 'second'];
/** The deliveries that a call leads to: two events for each listener. */
const EACH = 2 * LISTENERS.length;

/** The server is killed at the seams. Events in memory are lost, but no event of an unanswered call is handled. */
export const kill: Recipe = {
  name: 'kill -9 at three seams',
  allowed: ['lost'],
  async run({ scaled }) {
    const ledger = new Ledger();
    const calls = scaled(20);
    for (const seam of SEAMS) {
      await using server = await ServerProcess.start();
      const call = async (token: string, at?: Seam) => {
        await server.work(at === undefined ? { token } : { token, seam: at });
        for (const each of [token, `${token}, at its end`]) ledger.accept(each, token, LISTENERS);
      };
      for (let i = 0; i < calls; i++) await call(`${seam}, well ${i}`);
      await server.untilHandled(calls * EACH);
      const stopped = Promise.allSettled(
        Array.from({ length: calls }, (_, i) => call(`${seam}, stopped ${i}`, seam)),
      );
      await server.until(seam, calls);
      await server.end('SIGKILL');
      const answered = (await stopped).filter(({ status }) => status === 'fulfilled').length;
      const expected = seam === 'before the response' ? 0 : calls;
      if (answered !== expected)
        throw new Error(`${answered} calls that stopped ${seam} were answered, not ${expected}`);
      server.enter(ledger);
    }
    const lost = ledger.verdicts(true).filter(({ kind }) => kind === 'lost');
    // The kill was on time: nothing was handled before the flush, and nothing by the second listener in mid-flush.
    if (countOf(lost, 'between response and flush') !== calls * EACH)
      throw new Error('Something was handled before the flush');
    const halves = lost.filter(({ token, listener }) => token.startsWith('in mid') && listener === 'second');
    if (halves.length !== calls * 2) throw new Error('A listener went on after it had stopped');
    return {
      ledger,
      isOver: true,
      figures: `lost ${SEAMS.map((seam) => `${countOf(lost, seam)} ${seam}`).join(', ')}`,
    };
  },
};

function countOf(lost: readonly Verdict[], seam: Seam): number {
  return lost.filter(({ token }) => token.startsWith(seam)).length;
}
