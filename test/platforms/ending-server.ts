/** `ending.test.ts` runs this server, whose process should end by itself when its work is done. */
import { setImmediate as turn } from 'node:timers/promises';
import { auto } from '../../src/index.ts';
import { startAny, type AnyAdapter } from './adapters.ts';
import { makeFrozenApp } from './frozen-app.ts';
import { makeJournal } from './journal.ts';

const [, , file, options] = process.argv as [string, string, string, string];
const { adapter } = JSON.parse(options) as { adapter: AnyAdapter };
const journal = makeJournal(file);

/** The maxWait, in ms. It is long enough that a timer which is left behind is noticed. */
const MAX_WAIT = 40_000;
let left = Number.POSITIVE_INFINITY;
let handled = 0;
const { router } = makeFrozenApp({
  defer: auto({ maxWait: MAX_WAIT }),
  listenerTime: () => 1,
  handled() {
    handled++;
    endIfDone();
  },
  failed: (problem) => journal.write(`problem ${problem}`),
});
const server = await startAny(adapter, router, () => ({ waitUntil: () => {} }));

process.on('message', (expected: number) => {
  left = expected;
  endIfDone();
});

function endIfDone(): void {
  if (handled < left) return;
  left = Number.POSITIVE_INFINITY;
  setImmediate(end);
}

async function end(): Promise<void> {
  await server[Symbol.asyncDispose]();
  process.disconnect();
  // A stream's wait after its client has left is over soon, but a maxWait timer that was left behind is not.
  const limit = performance.now() + MAX_WAIT / 2;
  const hasTimer = () => process.getActiveResourcesInfo().includes('Timeout');
  while (hasTimer() && performance.now() < limit) await turn();
  journal.write(hasTimer() ? 'a timer is left' : 'the end');
}
process.send!(server.url);
