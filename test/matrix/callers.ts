/** Runs the cases with direct callers, without a server, in the runtime at hand. Prints a line of JSON for each. */
import assert from 'node:assert/strict';
import { makeApp } from './app.ts';
import { SPANS, type CaseName } from './results.ts';

const app = makeApp({ clientHasAnswer: () => false });
const { bus, log, createCaller, createContext } = app;
const caller = createCaller(createContext());
/** A signal such as servers pass. Calls with a signal are flushed on a timer, not inline. */
const { signal } = new AbortController();
const callerWithSignal = createCaller(createContext(), { signal });
const of = (id: string) => log.filter((line) => line.split(/[ -]/).includes(id));

const CASES: Record<CaseName, () => Promise<void>> = {
  async dispatch() {
    assert.equal(await caller.note({ id: 'a' }), 'a');
    assert.deepEqual(of('a'), ['handled a', 'chained a']);
    await caller.ambient({ id: 'b' });
    assert.deepEqual(of('b'), ['handled b', 'chained b']);
  },
  async 'after response'() {
    await callerWithSignal.note({ id: 'c' });
    assert.deepEqual(of('c'), []);
    await bus.drain();
    assert.deepEqual(of('c'), ['handled c', 'chained c']);
  },
  async discard() {
    await assert.rejects(caller.fail({ id: 'd' }), /it fails/);
    assert.deepEqual(of('d'), ['discarded d (failed)']);
  },
  async batch() {
    const calls = [callerWithSignal.note({ id: 'e' }), callerWithSignal.fail({ id: 'f' })];
    const settled = await Promise.allSettled([...calls, callerWithSignal.ambient({ id: 'g' })]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await bus.drain();
    for (const id of ['e', 'g']) assert.deepEqual(of(id), [`handled ${id}`, `chained ${id}`]);
    assert.deepEqual(of('f'), ['discarded f (failed)']);
  },
  async subscription() {
    const values: number[] = [];
    for await (const value of await callerWithSignal.stream({ id: 'h' })) values.push(value);
    assert.deepEqual(values, [1, 2, 3]);
    for await (const _ of await callerWithSignal.endless({ id: 'i' })) break;
    await bus.drain();
    const handled = of('h').filter((line) => line.startsWith('handled'));
    assert.deepEqual(handled.sort(), ['handled h-1', 'handled h-2', 'handled h-3', 'handled h-end']);
    assert.deepEqual(of('i'), ['handled i', 'chained i']);
  },
  async trace() {
    await caller.traced({ id: 'l' });
    assert.deepEqual(await caller.plain.spans({ id: 'l' }), SPANS);
  },
  async drain() {
    await callerWithSignal.slow({ id: 'j' });
    await assert.rejects(bus.drain({ timeout: 10 }), { code: 'DRAIN_TIMEOUT' });
    await bus.drain();
    assert.deepEqual(of('j'), ['handled j']);
    await bus.close();
    await assert.rejects(bus.publish('slow', { id: 'k' }), { code: 'CLOSED' });
  },
};

for (const [name, run] of Object.entries(CASES)) {
  let error: string | undefined;
  try {
    await run();
  } catch (thrown) {
    error = String((thrown as Error).stack ?? thrown);
  }
  console.log(JSON.stringify({ name, error }));
}
