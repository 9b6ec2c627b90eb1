import { TRPCError } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { describe, expect, test } from 'vitest';
import { e, eventually } from './app.ts';
import { serveStream, transports } from './stream-app.ts';

describe.each(transports.filter((transport) => transport !== 'a streamed query'))(
  'an observable by %s',
  (transport) => {
    test('has all its events handled when it completes, even those of its teardown', async () => {
      await using app = await serveStream(transport, ({ ctx }) => {
        ctx.dispatch('noted', 'resolver');
        return observable<number>((observer) => {
          e.dispatch('noted', 'subscribe');
          observer.next(1);
          ctx.dispatch('noted', 'between');
          observer.next(2);
          ctx.dispatch('noted', 'since');
          observer.complete();
          return () => e.dispatch('noted', 'teardown');
        });
      });
      const reading = app.read();
      expect(await reading.ended).toBe('completed');
      expect(reading.values).toEqual([1, 2]);
      await eventually(() =>
        expect(app.handled.toSorted()).toEqual(['between', 'resolver', 'since', 'subscribe', 'teardown']),
      );
    });

    test('loses only the events since its last value when it fails', async () => {
      await using app = await serveStream(transport, ({ ctx }) =>
        observable<number>((observer) => {
          ctx.dispatch('noted', 'if it fails', { when: 'failure' });
          ctx.dispatch('noted', 'before');
          observer.next(1);
          ctx.dispatch('noted', 'since');
          observer.error(new TRPCError({ code: 'FORBIDDEN' }));
        }),
      );
      const reading = app.read();
      expect(await reading.ended).toBe('failed');
      await app.bus.drain();
      expect(app.handled).toEqual(['before', 'if it fails']);
      expect(app.discarded).toEqual(['since']);
    });

    test('is flushed value by value, and ends when its client leaves', async () => {
      await using app = await serveStream(transport, ({ ctx }) =>
        observable<number>((observer) => {
          ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
          let i = 0;
          const timer = setInterval(() => {
            e.dispatch('noted', `value ${i}`);
            observer.next(i++);
          }, 1);
          return () => {
            clearInterval(timer);
            e.dispatch('noted', 'teardown');
          };
        }),
      );
      const reading = app.read();
      await eventually(() => expect(app.handled).toContain('value 1'));
      expect(app.handled).not.toContain('whatever comes');
      reading.stop();
      await eventually(() => {
        expect(app.handled).toContain('teardown');
        expect(app.handled).toContain('whatever comes');
      });
    });
  },
);
