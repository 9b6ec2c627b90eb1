/** Runs the files of docs/migrating. */
import { expect, it } from 'vitest';
import { openPage } from './page.ts';

/** Keeps what listeners write. */
function makeDb() {
  const rows: object[] = [];
  return {
    rows,
    users: { insert: async ({ email }: { email: string }) => ({ id: '1', email }) },
    audit: { insert: async (row: object) => void rows.push(row) },
  };
}

it('From fastapi-events: code without ctx dispatches, and a listener gets its dependency.', async () => {
  const db = makeDb();
  using page = openPage('migrating/fastapi-events.md', { 'db.ts': { db } });
  const { procedure } = await page.import('trpc.ts');
  const { feed } = await page.import('cats.ts');
  const { bus } = await page.import('bus.ts');
  const call = procedure.mutation(() => feed(crypto.randomUUID()));
  await call({ ctx: { db }, type: 'mutation', path: 'feed', getRawInput: async () => {} });
  await bus.close();
  expect(db.rows).toEqual([{ text: 'cat.fed' }, { text: 'cat.spotted' }]);
});

it.each(['event-emitter', 'inline-and-after'])(
  '%s: a service dispatches, and a listener handles it.',
  async (name) => {
    const db = makeDb();
    const mails: object[] = [];
    const sendMail = async (to: string) => void mails.push({ to });
    using page = openPage(`migrating/${name}.md`, { 'db.ts': { db }, 'mail.ts': { sendMail } });
    const { signUp } = await page.import(name === 'event-emitter' ? 'users.ts' : 'after.ts');
    const { bus } = await page.import('bus.ts');
    await bus.scope(() => signUp('ada@example.org'));
    await bus.close();
    expect([...db.rows, ...mails]).toHaveLength(1);
  },
);
