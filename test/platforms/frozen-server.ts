/** `frozen.test.ts` runs this server as on Vercel, which freezes it when no promise gives it any more time. */
import { startAny, type AnyAdapter } from './adapters.ts';
import { makeFrozenApp } from './frozen-app.ts';
import { makeJournal } from './journal.ts';
import { STRATEGIES, type StrategyName } from './strategies.ts';
import { becomeVercel, currentInvocation } from './vercel-host.ts';

/** Options that the server's process gets as JSON. */
export interface FrozenServerOptions {
  readonly adapter: AnyAdapter;
  readonly strategy: StrategyName;
  /** The bounds of the time that a listener takes, in ms. The time looks random. */
  readonly fastest: number;
  readonly slowest: number;
}

const [, , file, options] = process.argv as [string, string, string, string];
const { adapter, strategy, fastest, slowest } = JSON.parse(options) as FrozenServerOptions;
const journal = makeJournal(file);
/** True when the client has all its answers: no request is on its way. */
let answered = false;

const host = becomeVercel(freezeIfIdle);
const { router } = makeFrozenApp({
  defer: STRATEGIES[strategy](),
  listenerTime: (id) => fastest + (hash(id) % (slowest - fastest + 1)),
  // Vercel would have frozen a request that is over, so anything done in it by then counts as lost.
  handled: (id) => journal.write(currentInvocation()!.over ? `lost ${id}` : id),
  failed: (problem) => journal.write(`problem ${problem}`),
});
function createContext() {
  const invocation = currentInvocation()!;
  return { waitUntil: (promise: Promise<unknown>) => invocation.waitUntil(promise) };
}

const server = await startAny(adapter, router, createContext);

function freezeIfIdle(): void {
  if (!answered || host.running() > 0) return;
  answered = false;
  journal.freeze();
}
process.on('message', () => {
  answered = true;
  freezeIfIdle();
});
process.send!(server.url);

/** Returns a number that looks random, and is the same in each run. */
function hash(text: string): number {
  let value = 2166136261;
  for (const char of text) value = Math.imul(value ^ char.codePointAt(0)!, 16777619) >>> 0;
  return (value ^ (value >>> 15)) >>> 0;
}
