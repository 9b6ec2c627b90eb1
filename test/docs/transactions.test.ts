/** Runs docs/recipes/database-transactions.md and docs/recipes/outbox.md with Drizzle and Kysely, on SQLite in memory. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { expect, it } from 'vitest';
import { recordEvents } from '../../src/testing/index.ts';
import { openPage, type Page } from './page.ts';

function makeDatabase() {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec(`
    CREATE TABLE orders (id TEXT PRIMARY KEY, sku TEXT);
    CREATE TABLE stock (sku TEXT PRIMARY KEY, "left" INTEGER);
    CREATE TABLE outbox (id TEXT PRIMARY KEY, name TEXT, payload TEXT, time TEXT);
    INSERT INTO stock VALUES ('lamp', 1);
  `);
  const count = () => sqlite.prepare('SELECT count(*) AS n FROM orders').get()!.n;
  return { sqlite, count };
}

/** Kysely's own dialect, on the driver of Node.js. */
function kysely(sqlite: DatabaseSync) {
  const database: SqliteDatabase = {
    close: () => sqlite.close(),
    prepare(sql) {
      const statement = sqlite.prepare(sql);
      const bind = (values: readonly unknown[]) => values as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...bind(values)),
        run(values) {
          const { changes, lastInsertRowid } = statement.run(...bind(values));
          return { changes: BigInt(changes), lastInsertRowid: BigInt(lastInsertRowid) };
        },
        iterate: (values) => statement.iterate(...bind(values)),
      };
    },
  };
  return { db: new Kysely({ dialect: new SqliteDialect({ database }) }) };
}

function drizzleTables(sqlite: DatabaseSync) {
  const run = async (sql: string, values: unknown[], method: string) => {
    const statement = sqlite.prepare(sql);
    if (method === 'run') {
      statement.run(...(values as SQLInputValue[]));
      return { rows: [] };
    }
    statement.setReturnArrays(true);
    return { rows: statement.all(...(values as SQLInputValue[])) };
  };
  return {
    db: drizzle(run),
    orders: sqliteTable('orders', { id: text().primaryKey(), sku: text().notNull() }),
    stock: sqliteTable('stock', { sku: text().primaryKey(), left: integer().notNull() }),
  };
}

/** The part of Prisma's client that the page uses. The client itself is generated, by an engine too large for this test. */
function prisma(sqlite: DatabaseSync) {
  const tables = {
    order: {
      async create({ data: { sku } }: { data: { sku: string } }) {
        const order = { id: crypto.randomUUID(), sku };
        sqlite.prepare('INSERT INTO orders VALUES (?, ?)').run(order.id, sku);
        return order;
      },
    },
    stock: {
      async updateMany({ where: { sku } }: { where: { sku: string } }) {
        const update = sqlite.prepare('UPDATE stock SET "left" = "left" - 1 WHERE sku = ? AND "left" > 0');
        return { count: Number(update.run(sku).changes) };
      },
    },
  };
  const $transaction = async <R>(work: (tx: typeof tables) => Promise<R>) => {
    sqlite.exec('BEGIN');
    try {
      const result = await work(tables);
      sqlite.exec('COMMIT');
      return result;
    } catch (error) {
      sqlite.exec('ROLLBACK');
      throw error;
    }
  };
  return { prisma: { ...tables, $transaction } };
}

const WAYS = {
  Prisma: { given: { 'prisma.ts': prisma }, file: 'orders-prisma.ts' },
  Drizzle: { given: { 'drizzle.ts': drizzleTables }, file: 'orders-drizzle.ts' },
  Kysely: { given: { 'kysely.ts': kysely }, file: 'orders-kysely.ts' },
};

interface Caller {
  place(input: { sku: string }): Promise<{ id: string; sku: string }>;
  /** Catches the error of the transaction, and goes on. */
  careful(input: { sku: string }): Promise<void>;
}
async function callerOf(page: Page, file: string) {
  const { bus } = await page.import('bus.ts');
  const { procedure, router, placeOrder } = {
    ...(await page.import('trpc.ts')),
    ...(await page.import(file)),
  };
  const inner = router({ place: placeOrder });
  const careful = procedure
    .input((input: unknown) => input)
    .mutation(async ({ ctx, input }: { ctx: object; input: never }) => {
      await inner
        .createCaller(ctx)
        .place(input)
        .catch(() => {});
    });
  const caller = router({ place: placeOrder, careful }).createCaller({}) as Caller;
  return { bus, caller };
}

it.each(Object.entries(WAYS))(
  '%s: the events of a transaction share its fate.',
  async (_name, { given, file }) => {
    const { sqlite, count } = makeDatabase();
    const files = Object.entries(given).map(([path, make]) => [
      path,
      (make as (db: DatabaseSync) => object)(sqlite),
    ]);
    using page = openPage('recipes/database-transactions.md', Object.fromEntries(files));
    const { bus, caller } = await callerOf(page, file);
    using events = recordEvents(bus);

    const order = await caller.place({ sku: 'lamp' });
    expect(count()).toBe(1);
    events.only('order.placed', { payload: order });
    events.clear();

    await expect(caller.place({ sku: 'lamp' })).rejects.toThrow(/Sold out|Rollback/);
    await caller.careful({ sku: 'lamp' });
    expect(count()).toBe(1);
    events.none();
    expect(events.discarded()).toHaveLength(2);
    await bus.close();
  },
);

it('A transaction that is tried again leaves only the events of its last try.', async () => {
  using page = openPage('recipes/database-transactions.md');
  const { bus } = await page.import('bus.ts');
  const { e } = await page.import('events.ts');
  const { tryAgain } = await page.import('try-again.ts');
  using events = recordEvents(bus);
  let tries = 0;
  await bus.scope(() =>
    tryAgain(async () => {
      e.dispatch('order.placed', { id: `${++tries}`, sku: 'lamp' });
      if (tries < 3) throw new Error('A conflict');
    }),
  );
  events.only('order.placed', { payload: { id: '3' } });
  await bus.close();
});

it('The outbox delivers what was committed, keeps what fails, and goes on after a bad row.', async () => {
  const { sqlite } = makeDatabase();
  const seen: unknown[] = [];
  const codes: string[] = [];
  using page = openPage('recipes/outbox.md', {
    'kysely.ts': kysely(sqlite),
    'bus.ts': `
      import { e } from './events';
      import { seen, codes } from './seen';
      const router = e.router();
      router.on('order.placed', ({ event }) => {
        seen.push([event.id, event.payload.sku]);
        if (seen.length === 1) throw new Error('not yet');
      });
      export const bus = e.bus({ handlers: [router], onError: ({ error }) => void codes.push(error.code) });
    `,
    'seen.ts': { seen, codes },
  });
  const { router } = await page.import('trpc.ts');
  const { placeOrder } = await page.import('orders.ts');
  const { deliverOutbox } = await page.import('outbox.ts');
  sqlite.prepare("INSERT INTO outbox VALUES ('bad', 'order.placed', '{}', '2020-01-01T00:00:00Z')").run();

  await router({ placeOrder }).createCaller({}).placeOrder({ sku: 'lamp' });
  expect(seen).toEqual([]);
  await deliverOutbox();
  await deliverOutbox();
  await deliverOutbox();
  expect(seen).toHaveLength(2);
  expect(seen[0]).toEqual(seen[1]);
  expect(codes.filter((code) => code === 'LISTENER_FAILED')).toHaveLength(1);
  expect(codes.filter((code) => code === 'BAD_MESSAGE')).toHaveLength(3);
  expect(sqlite.prepare('SELECT id FROM outbox').all()).toMatchObject([{ id: 'bad' }]);
});
