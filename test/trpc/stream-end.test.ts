import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { e, eventually } from './app.ts';
import { serveStream, transports } from './stream-app.ts';
import { gate } from '../setup/async.ts';

describe.each(transports)('a stream by %s', (transport) => {
  test('has all its events handled when it ends, even those of its finally', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      ctx.dispatch('noted', 'begin');
      try {
        yield 1;
        e.dispatch('noted', 'between');
        yield 2;
        await Promise.resolve();
        ctx.dispatch('noted', 'after');
      } finally {
        e.dispatch('noted', 'finally');
      }
    });
    const reading = app.read();
    expect(await reading.ended).toBe('completed');
    await app.bus.drain();
    expect(reading.values).toEqual([1, 2]);
    expect(app.handled).toEqual(['begin', 'between', 'after', 'finally']);
  });

  test('loses only the events since its last yield when it throws', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      ctx.dispatch('noted', 'if it fails', { when: 'failure' });
      ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
      ctx.dispatch('noted', 'before');
      yield 1;
      ctx.dispatch('noted', 'between');
      yield 2;
      ctx.dispatch('noted', 'since');
      throw new TRPCError({ code: 'FORBIDDEN' });
    });
    const reading = app.read();
    expect(await reading.ended).toBe('failed');
    await app.bus.drain();
    expect(reading.values).toEqual([1, 2]);
    expect(app.handled).toEqual(['before', 'between', 'if it fails', 'whatever comes']);
    expect(app.discarded).toEqual(['since']);
  });

  test('loses all its events when it throws at once', async () => {
    // oxlint-disable-next-line require-yield -- the generator throws before it could yield
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      ctx.dispatch('noted', 'lost');
      throw new TRPCError({ code: 'FORBIDDEN' });
    });
    expect(await app.read().ended).toBe('failed');
    await app.bus.drain();
    expect(app.handled).toEqual([]);
    expect(app.discarded).toEqual(['lost']);
  });

  test('is flushed yield by yield while it is open, and holds back the events that depend on its end', async () => {
    const goOn = gate();
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      ctx.dispatch('noted', 'if it fails', { when: 'failure' });
      ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
      ctx.dispatch('noted', 'at once');
      yield 1;
      await goOn.promise;
    });
    const reading = app.read();
    await eventually(() => expect(app.handled).toEqual(['at once']));
    await app.bus.drain();
    expect(app.handled).toEqual(['at once']);
    goOn.open();
    expect(await reading.ended).toBe('completed');
    await app.bus.drain();
    expect(app.handled).toEqual(['at once', 'whatever comes']);
    expect(app.discarded).toEqual(['if it fails']);
  });

  test('has each event of 5,000 yields handled once, in order', async () => {
    await using app = await serveStream(transport, async function* generate({ ctx }) {
      for (let i = 0; i < 5000; i++) {
        ctx.dispatch('noted', String(i));
        yield i;
      }
    });
    const reading = app.read();
    expect(await reading.ended).toBe('completed');
    await app.bus.drain();
    expect(reading.values).toHaveLength(5000);
    expect(app.handled).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  }, 30_000);
});
