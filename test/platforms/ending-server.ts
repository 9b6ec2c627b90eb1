/** Run by `ending.test.ts`: a server that has done its work, and whose process may end by itself. */
import { auto } from '../../src/index.ts';
import { startAny, type AnyAdapter } from './adapters.ts';
import { makeFrozenApp } from './frozen-app.ts';
import { makeJournal } from './journal.ts';

const [, , file, options] = process.argv as [string, string, string, string];
const { adapter } = JSON.parse(options) as { adapter: AnyAdapter };
const journal = makeJournal(file);

let left = Number.POSITIVE_INFINITY;
let handled = 0;
const { router } = makeFrozenApp({
  defer: auto(),
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
  for (const resource of process.getActiveResourcesInfo())
    if (resource === 'Timeout' || resource === 'Immediate') journal.write(`left behind: ${resource}`);
  journal.write('the end');
}
process.send!(server.url);
