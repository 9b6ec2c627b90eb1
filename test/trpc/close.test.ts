import { expect, test } from 'vitest';
import { ADAPTERS, start } from '../servers/start.ts';
import { e, makeApp, t, eventually } from './app.ts';
import { serveStream, transports } from './stream-app.ts';
import { gate } from '../setup/async.ts';

test.each(ADAPTERS)('on %s, close lets an open call end, and waits for its events', async (adapter) => {
  const app = makeApp();
  const begun = gate();
  const goOn = gate();
  const router = t.router({
    slow: app.procedure.mutation(async ({ ctx }) => {
      begun.open();
      await goOn.promise;
      ctx.dispatch('noted', 'note');
      return 'result';
    }),
  });
  await using server = await start(adapter, router);
  const call = server.client().slow.mutate();
  await begun.promise;
  let isClosed = false;
  const closing = app.bus.close().then(() => (isClosed = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isClosed).toBe(false);
  goOn.open();
  expect(await call).toBe('result');
  await closing;
  expect(app.handled).toEqual(['note']);
});

test('a call that comes after close runs, but its dispatches are refused', async () => {
  const app = makeApp();
  const router = t.router({
    plain: app.procedure.mutation(() => 'result'),
    note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')),
  });
  await using server = await start('standalone', router);
  await app.bus.close();
  expect(await server.client().plain.mutate()).toBe('result');
  await expect(server.client().note.mutate()).rejects.toThrow('The bus is closed');
});

test('close does not wait for calls that come after it, because under traffic it would never end', async () => {
  const app = makeApp();
  const gates = { early: gate(), late: gate() };
  const begun: string[] = [];
  const wait = app.procedure
    .input((input: unknown) => input as keyof typeof gates)
    .mutation(async ({ ctx, input }) => {
      begun.push(input);
      await gates[input].promise;
      // A nested scope belongs to its call, so the late call's is refused as well.
      await e.scope(async () => ctx.dispatch('noted', input));
    });
  await using server = await start('standalone', t.router({ wait }));
  const early = server.client().wait.mutate('early');
  await eventually(() => expect(begun).toEqual(['early']));
  const closing = app.bus.close({ timeout: 2000 });
  const late = server.client().wait.mutate('late');
  await eventually(() => expect(begun).toEqual(['early', 'late']));
  gates.early.open();
  await early;
  await closing;
  expect(app.handled).toEqual(['early']);
  gates.late.open();
  await expect(late).rejects.toThrow('The bus is closed');
  await app.bus.close({ timeout: 2000 });
});

test.each(transports)(
  'close does not wait for a stream by %s, and refuses its later dispatches',
  async (transport) => {
    const goOn = gate();
    const errors: unknown[] = [];
    await using app = await serveStream(transport, async function* generate() {
      e.dispatch('noted', 'before');
      yield 1;
      await goOn.promise;
      try {
        e.dispatch('noted', 'after');
      } catch (error) {
        errors.push(error);
      }
      yield 2;
    });
    const reading = app.read();
    await eventually(() => expect(reading.values).toEqual([1]));
    await app.bus.close();
    expect(app.handled).toEqual(['before']);
    goOn.open();
    expect(await reading.ended).toBe('completed');
    expect(reading.values).toEqual([1, 2]);
    expect(errors).toMatchObject([{ code: 'CLOSED' }]);
  },
);
