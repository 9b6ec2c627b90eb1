import { setTimeout as sleep } from 'node:timers/promises';
import { e, inParallel, isDrained, onlyReports, t } from '../app.ts';
import { Ledger } from '../ledger.ts';
import type { Recipe } from '../recipe.ts';

/** Half of the calls fail, and so do half of the calls and scopes within them. */
export const rollbackStorm: Recipe = {
  name: 'a rollback storm',
  async run({ random, scaled }) {
    const ledger = new Ledger();
    const reports = onlyReports();
    const router = e.router().on(
      'work.*',
      async ({ event }) => {
        if (random() < 0.2) await sleep(1);
        ledger.handle(event.payload.token, 'books');
      },
      { name: 'books' },
    );
    const bus = e.bus({ handlers: [router], onError: reports.onError });

    /** Events of a scope and the scopes in it. If not `isSettled`, they are kept only if all scopes around succeed. */
    type Book = { readonly token: string; readonly isSettled: boolean }[];

    async function work(name: string, depth: number, dispatch: typeof e.dispatch): Promise<Book> {
      const book: Book = [];
      const note = (token: string, when: 'success' | 'settled') => {
        (random() < 0.5 ? dispatch : e.dispatch)('work.noted', { token }, { when });
        book.push({ token, isSettled: when === 'settled' });
      };
      note(`${name}.first`, 'success');
      if (random() < 0.3) await sleep(random() * 2);
      if (depth < 3 && random() < 0.6) await inner(book, `${name}.inner`, depth, random() < 0.5);
      note(`${name}.settled`, 'settled');
      note(`${name}.last`, 'success');
      if (random() < 0.5) throw Object.assign(new Error('rolled back'), { book });
      return book;
    }

    /** Runs a call or a scope within a scope, and catches its failure. */
    async function inner(book: Book, name: string, depth: number, isCall: boolean): Promise<void> {
      try {
        const below = await (isCall
          ? callers.work({ name, depth: depth + 1 })
          : e.scope(({ dispatch }) => work(name, depth + 1, dispatch)));
        book.push(...below);
      } catch (error) {
        book.push(...settledOf(error));
      }
    }

    const procedures = t.router({
      work: t.procedure
        .use(bus.middleware())
        .input((input) => input as { name: string; depth: number })
        .mutation(({ ctx, input }) => work(input.name, input.depth, ctx.dispatch)),
    });
    const callers = t.createCallerFactory(procedures)({});

    /** Returns the events that are kept although their scope failed. */
    function settledOf(error: unknown): Book {
      const { book, cause } = error as { book?: Book; cause?: { book?: Book } };
      const found = book ?? cause?.book;
      if (found === undefined) throw error;
      return found.filter(({ isSettled }) => isSettled);
    }

    let failed = 0;
    const calls = scaled(5000);
    await inParallel(calls, 50, async (i) => {
      let book: Book;
      try {
        book = await callers.work({ name: `${i}`, depth: 0 });
      } catch (error) {
        failed++;
        book = settledOf(error);
      }
      // All events of a call, and of the calls and scopes within it, are one flush, in the order of their dispatch.
      for (const { token } of book) ledger.accept(token, `${i}`, ['books']);
    });
    const isOver = await isDrained(bus);
    reports.check();
    return { ledger, isOver, figures: `${failed} of ${calls} calls failed` };
  },
};
