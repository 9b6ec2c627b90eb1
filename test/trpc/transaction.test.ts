import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { e, makeApp, t } from './app.ts';

/** A database whose commits fail as often as it is told to. */
function makeDatabase(failures: number) {
  let left = failures;
  const transactions = new AsyncLocalStorage<number>();
  let count = 0;
  return {
    current: () => `transaction ${transactions.getStore()}`,
    async transaction<R>(work: () => Promise<R>): Promise<R> {
      const result = await transactions.run(++count, work);
      if (left-- > 0) throw new Error('The commit failed.');
      return result;
    },
  };
}

/** Makes a procedure as docs/organizing.md says: a middleware around the transaction, one within, each try in `e.scope`. */
function makeProcedure(app: ReturnType<typeof makeApp>, failures: number, attempts: number) {
  const db = makeDatabase(failures);
  return t.procedure
    .use(app.bus.middleware())
    .use(async ({ next }) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await e.scope(() =>
            db.transaction(async () => {
              const result = await next({ ctx: { tag: db.current() } });
              if (!result.ok) throw result.error;
              return result;
            }),
          );
        } catch (error) {
          if (attempt >= attempts) throw error;
        }
      }
    })
    .use(app.bus.middleware())
    .mutation(({ ctx }) => {
      ctx.dispatch('noted', 'by ctx');
      e.dispatch('noted', 'by e');
    });
}

function makeTagged() {
  const seen: [string, string | undefined][] = [];
  return { ...makeApp({ listener: (note, { tag }) => void seen.push([note, tag]) }), seen };
}

test('the events of a call whose commit fails are dropped', async () => {
  await using app = makeTagged();
  const procedure = makeProcedure(app, 1, 1);
  const call = t.createCallerFactory(t.router({ procedure }))({}).procedure();
  await expect(call).rejects.toThrow('The commit failed.');
  await app.bus.drain();
  expect(app.handled).toEqual([]);
  expect(app.discarded).toEqual(['by ctx', 'by e']);
});

test('the events of a call that is tried in vain are dropped', async () => {
  await using app = makeTagged();
  const procedure = makeProcedure(app, 3, 2);
  const call = t.createCallerFactory(t.router({ procedure }))({}).procedure();
  await expect(call).rejects.toThrow('The commit failed.');
  await app.bus.drain();
  expect(app.handled).toEqual([]);
  expect(app.discarded).toEqual(['by ctx', 'by e', 'by ctx', 'by e']);
});

test('of a call that is tried again, the events of the attempt that was committed are handled, with its ctx', async () => {
  await using app = makeTagged();
  const procedure = makeProcedure(app, 1, 2);
  await t.createCallerFactory(t.router({ procedure }))({}).procedure();
  await app.bus.drain();
  expect(app.seen).toEqual([
    ['by ctx', 'transaction 2'],
    ['by e', 'transaction 2'],
  ]);
});
