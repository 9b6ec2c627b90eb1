import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { e, isDone, isDrained, onlyReports, workOf } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const PENDING = 1000;
const CALLERS = PENDING * 2;
const BOUND_MB = 50;

/** A listener takes 100 times as long as the other while calls come in. Callers slow down, and memory stays bounded. */
export const slowListener: Recipe = {
  name: 'a listener 100 × slower than the rest',
  async run({ scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports('LIMIT_EXCEEDED');
    let open = 0;
    let most = 0;
    const router = e
      .router()
      .on(
        'work.done',
        async ({ event }) => {
          await sleep(1);
          ledger.handle(event.payload.token, 'fast');
        },
        { name: 'fast' },
      )
      .on(
        'work.done',
        async ({ event }) => {
          await sleep(100);
          open--;
          ledger.handle(event.payload.token, 'slow');
        },
        { name: 'slow', concurrency: 100 },
      );
    const bus = e.bus({
      handlers: [router],
      onError: reports.onError,
      limits: { pending: PENDING },
      defer: { name: 'soon', start: (flush) => void setTimeout(flush, 0) },
    });
    const work = workOf(bus);
    const heap = () => {
      collectGarbage();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const time = scaled(30_000);
    const begun = Date.now();
    const heaps: number[] = [];
    let calls = 0;
    const sampling = setInterval(() => heaps.push(heap()), Math.max(time / 10, 200));
    // There are more callers than events may be pending: callers over the limit wait for their own events.
    const all = Promise.all(
      Array.from({ length: CALLERS }, async (_, i) => {
        for (let n = 0; Date.now() - begun < time; n++) {
          const token = `${i}.${n}`;
          ledger.accept(token, token, ['fast', 'slow']);
          most = Math.max(most, ++open);
          await work(token);
          calls++;
          // Let other work run, because otherwise only calls would run as long as none has to wait.
          await setImmediate();
        }
      }),
    );
    const areDone = await isDone(all, time + 60_000);
    clearInterval(sampling);
    const isOver = areDone && (await isDrained(bus));
    if (isOver) {
      const { handled } = ledger.counts;
      ledger.accept('last', 'last', ['fast', 'slow']);
      await work('last');
      if (ledger.counts.handled > handled) throw new Error('A caller waited when nothing was pending');
      await isDrained(bus);
    }
    reports.check();
    heaps.push(heap());
    // The most that may be open are the events that may be pending, and one for each caller.
    if (most > PENDING + CALLERS) throw new Error(`${most} events were open at a time`);
    const grown = Math.max(...heaps) - heaps[0]!;
    if (grown > BOUND_MB) throw new Error(`The heap grew by ${grown.toFixed(1)} MB, over ${BOUND_MB}`);
    const shown = heaps.map((mb) => mb.toFixed(0)).join(', ');
    return { ledger, isOver, figures: `${calls} calls in ${time} ms, up to ${most} open; heap ${shown} MB` };
  },
};
