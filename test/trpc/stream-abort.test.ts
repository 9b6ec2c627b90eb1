import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { e, eventually } from './app.ts';
import { serveStream, transports, type Dispatching } from './stream-app.ts';

/** Dispatches an event for each `when`. All but the failure's must be handled: one at once, one at the end. */
function dispatchAll({ dispatch }: Dispatching): void {
  dispatch('noted', 'if it fails', { when: 'failure' });
  dispatch('noted', 'whatever comes', { when: 'settled' });
  dispatch('noted', 'before');
}

describe.each(transports)('a client that leaves a stream by %s', (transport) => {
  test('loses no events of a generator that hangs, and whose finally never runs', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      dispatchAll(ctx);
      try {
        yield 1;
        ctx.dispatch('noted', 'since');
        await new Promise(() => {});
      } finally {
        ctx.dispatch('noted', 'finally');
      }
    });
    const reading = app.read(() => reading.stop());
    expect(await reading.ended).toBe('stopped');
    await eventually(() => expect(app.handled).toEqual(['before', 'since', 'whatever comes']));
    expect(app.discarded).toEqual(['if it fails']);
  });

  test('loses no events of a generator that listens to its signal', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx, signal }) {
      dispatchAll(ctx);
      try {
        yield 1;
        ctx.dispatch('noted', 'since');
        await once(signal!, 'abort');
      } finally {
        e.dispatch('noted', 'finally');
      }
    });
    const reading = app.read(() => reading.stop());
    expect(await reading.ended).toBe('stopped');
    const all = ['before', 'finally', 'since', 'whatever comes'];
    await eventually(() => expect(app.handled.toSorted()).toEqual(all));
    expect(app.discarded).toEqual(['if it fails']);
  });

  test('loses no events of a generator that throws because of its signal', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx, signal }) {
      dispatchAll(ctx);
      yield 1;
      ctx.dispatch('noted', 'since');
      await sleep(60_000, undefined, { signal });
    });
    const reading = app.read(() => reading.stop());
    expect(await reading.ended).toBe('stopped');
    await eventually(() => expect(app.handled.toSorted()).toEqual(['before', 'since', 'whatever comes']));
    expect(app.discarded).toEqual(['if it fails']);
  });

  test('loses no events of a generator that goes on, and then takes long to clean up', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      dispatchAll(ctx);
      try {
        for (let i = 1; ; i++) {
          yield i;
          await sleep(1);
        }
      } finally {
        e.dispatch('noted', 'finally');
        await sleep(100);
        ctx.dispatch('noted', 'late, by ctx.dispatch');
        e.dispatch('noted', 'late, by e.dispatch');
      }
    });
    const reading = app.read(() => reading.stop());
    expect(await reading.ended).toBe('stopped');
    await eventually(() =>
      expect(app.handled.toSorted()).toEqual([
        'before',
        'finally',
        'late, by ctx.dispatch',
        'late, by e.dispatch',
        'whatever comes',
      ]),
    );
    expect(app.discarded).toEqual(['if it fails']);
  });
});
