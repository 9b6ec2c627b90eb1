/** Runs the files of docs/recipes. */
import { once } from 'node:events';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import { recordEvents } from '../../src/testing/index.ts';
import { expectConsole } from '../setup/console.ts';
import { start } from '../servers/start.ts';
import { openPage } from './page.ts';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** Starts a server that answers with these statuses in turn, then with 200, and keeps what it receives. */
async function serve(statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    received.push({ headers: req.headers, body });
    res.writeHead(statuses.shift() ?? 200).end();
  }).listen(0);
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Makes the reader's database, in memory. */
function makeDb() {
  const letters: object[] = [];
  const rows: Record<string, unknown>[] = [];
  let id = 0;
  return {
    letters,
    rows,
    users: {
      insert: async ({ email }: { email: string }) => ({ id: `${++id}`, email }),
      delete: async () => {},
      hasPassword: async () => false,
    },
    orders: {
      insert: async ({ total }: { total: number }) => ({ id: `${++id}`, total }),
      after: async () => [{ eventId: 'missed', id: '0', total: 7 }],
    },
    audit: { insert: async (row: Record<string, unknown>) => void rows.push(row) },
    deadLetters: { insert: async (letter: object) => void letters.push(letter), all: async () => letters },
  };
}

it('Welcome mail: attempts have one idempotency key, a refused address is a dead letter, and that can be repeated.', async () => {
  await using mails = await serve([500, 200, 422]);
  vi.stubEnv('MAIL_URL', mails.url);
  const db = makeDb();
  using page = openPage('recipes/welcome-mail.md', { 'db.ts': { db } });
  const { appRouter } = await page.import('router.ts');
  const { bus } = await page.import('bus.ts');
  const caller = appRouter.createCaller({ db });

  await caller.signUp({ email: 'ada@example.org' });
  await bus.drain();
  const [first, second] = mails.received;
  expect(mails.received).toHaveLength(2);
  expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key']);
  expect(JSON.parse(first!.body)).toEqual({ to: 'ada@example.org', template: 'welcome' });

  const lines = expectConsole();
  await caller.signUp({ email: 'bob@example.org' });
  await bus.drain();
  expect(lines).toEqual([expect.stringContaining('The mail service refuses the address.')]);
  expect(db.letters).toMatchObject([
    { listener: 'welcome-mail', error: 'Error: The mail service refuses the address.' },
  ]);

  await page.import('scripts/repeat.ts');
  expect(mails.received).toHaveLength(4);
  await bus.close();
  vi.unstubAllEnvs();
});

it('Audit log: each event has a row with who did it, and a failed login has one, too.', async () => {
  const db = makeDb();
  using page = openPage('recipes/audit-log.md', { 'db.ts': { db } });
  const { appRouter } = await page.import('router.ts');
  const { bus } = await page.import('bus.ts');
  await appRouter.createCaller({ db, user: { id: 'u1' } }).deleteUser({ id: '7' });
  const login = appRouter.createCaller({ db, user: null }).logIn({ email: 'ada@example.org', password: 'x' });
  await expect(login).rejects.toThrow('UNAUTHORIZED');
  await bus.close();
  expect(db.rows).toMatchObject([
    { name: 'user.deleted', by: 'u1', procedure: 'deleteUser', payload: { id: '7' } },
    { name: 'login.failed', by: null, procedure: 'logIn', payload: { email: 'ada@example.org' } },
  ]);
});

it('Webhooks: each endpoint gets a signed request, only a failed one is tried again, and a gone one is disabled.', async () => {
  await using good = await serve([]);
  await using gone = await serve([410]);
  const endpoints = [
    { id: 'good', url: good.url, secret: 's1' },
    { id: 'gone', url: gone.url, secret: 's2' },
  ];
  const disabled: string[] = [];
  const db = {
    endpoints: {
      list: async () => endpoints,
      find: async (id: string) => endpoints.find((endpoint) => endpoint.id === id),
      disable: async (id: string) => void disabled.push(id),
    },
  };
  using page = openPage('recipes/webhooks.md', { 'db.ts': { db } });
  const { bus } = await page.import('bus.ts');
  const lines = expectConsole();
  await bus.publish('order.placed', { id: '1', total: 20 });
  await bus.close();

  const [request] = good.received;
  const { 'webhook-id': id, 'webhook-timestamp': time } = request!.headers;
  const signature = createHmac('sha256', Buffer.from('s1', 'base64'))
    .update([id, time, request!.body].join('.'))
    .digest('base64');
  expect(request!.headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(JSON.parse(request!.body)).toMatchObject({ type: 'order.placed', data: { id: '1', total: 20 } });
  expect([good.received.length, gone.received.length, disabled]).toEqual([1, 1, ['gone']]);
  expect(lines).toEqual([expect.stringContaining('The endpoint is gone.')]);
});

it('Multi-tenant meta: a listener gets the database of its tenant, in a procedure and in a script.', async () => {
  const rows: string[] = [];
  const dbOf = (tenant: string) => ({
    audit: {
      insert: async (row: { by: string; user: string }) =>
        void rows.push(`${tenant}: ${row.user} by ${row.by}`),
    },
  });
  using page = openPage('recipes/multi-tenant.md', {
    'tenants.ts': { dbOf, tenantOf: async () => 'globex' },
  });
  const { bus } = await page.import('bus.ts');
  const { procedure, router, createContext } = await page.import('trpc.ts');
  const remove = procedure.mutation(({ ctx }: { ctx: { dispatch(name: string, payload: object): void } }) =>
    ctx.dispatch('user.deleted', { id: '2' }),
  );
  await router({ remove })
    .createCaller(await createContext({ req: {} }))
    .remove();
  await page.import('scripts/delete-user.ts');
  await expect(bus.publish('user.deleted', { id: '3' })).rejects.toMatchObject({ code: 'META_FAILED' });
  await bus.close();
  expect(rows).toEqual(['globex: 2 by globex', 'acme: 1 by acme']);
});

it('Live updates: a client gets what it has missed, and then each new order.', async () => {
  const db = makeDb();
  using page = openPage('recipes/live-updates.md', {
    'db.ts': { db },
    'bus.ts': `
      import { db } from './db';
      import { e } from './events';
      export const bus = e.bus({ handlers: [e.router()], createContext: () => ({ db }), unhandled: 'ignore' });
    `,
  });
  const { appRouter } = await page.import('router.ts');
  const { bus } = await page.import('bus.ts');
  await using server = await start('standalone', appRouter, { createContext: () => ({ db }) });
  const client = server.client() as unknown as {
    place: { mutate(input: object): Promise<object> };
    live: { subscribe(input: object, on: object): { unsubscribe(): void } };
  };
  const got: object[] = [];
  const subscription = client.live.subscribe(
    { lastEventId: 'old' },
    { onData: (value: object) => got.push(value) },
  );
  await vi.waitFor(() => expect(got).toEqual([{ id: 'missed', data: { id: '0', total: 7 } }]), 10_000);
  await client.place.mutate({ total: 20 });
  await vi.waitFor(
    () => expect(got).toMatchObject([{ id: 'missed' }, { data: { id: '1', total: 20 } }]),
    10_000,
  );
  subscription.unsubscribe();
  await bus.close();
});

it('Cache invalidation: `remove` waits for its listeners.', async () => {
  const done: string[] = [];
  const db = makeDb();
  using page = openPage('recipes/cache-invalidation.md', {
    'db.ts': { db },
    'done.ts': { done },
    'listeners.ts': `
      import { setTimeout as sleep } from 'node:timers/promises';
      import { done } from './done';
      import { e } from './events';
      export const eventRouter = e.router();
      eventRouter.on('user.*', async ({ event }) => {
        await sleep(20);
        done.push(event.name);
      });
    `,
  });
  const { appRouter } = await page.import('router.ts');
  const { bus } = await page.import('bus.ts');
  await appRouter.createCaller({ db }).remove({ id: '1' });
  expect(done).toEqual(['user.deleted']);
  await bus.close();
});

it('Calling procedures: a listener shares a function with procedures, and calls one through a router that it loads.', async () => {
  const db = makeDb();
  using page = openPage('recipes/calling-procedures.md', {
    'db.ts': { db },
    'bus.ts': `
      import { db } from './db';
      import { e } from './events';
      import { eventRouter } from './listeners';
      import { orderRouter } from './orders/listeners';
      export const bus = e.bus({
        handlers: [eventRouter, orderRouter], createContext: () => ({ db }), unhandled: 'ignore',
      });
    `,
  });
  const { bus } = await page.import('bus.ts');
  using events = recordEvents(bus);
  await bus.publish('order.placed', { id: '1', total: 20 });
  await bus.close();
  expect(events.outline()).toBe(
    ['order.placed', '├─ ✓ invoice', '│  └─ invoice.made (unhandled)', '└─ ✓ remind'].join('\n'),
  );
});

it('Error reporting: Sentry gets what the listener threw, and the log has no payload.', async () => {
  const captured: unknown[][] = [];
  const logged: unknown[][] = [];
  const db = makeDb();
  const logger = { error: (...entry: unknown[]) => void logged.push(entry), child: () => logger, debug() {} };
  using page = openPage('recipes/error-reporting.md', {
    'db.ts': { db },
    'logger.ts': { logger },
    'listeners.ts': `
      import { e } from './events';
      export const eventRouter = e.router();
      eventRouter.on('user.created', () => { throw new Error('no'); }, { name: 'mail' });
    `,
    'node_modules/@sentry/node/package.json': '{ "type": "module", "main": "index.js" }',
    'node_modules/@sentry/node/index.js':
      'export const captureException = (...report) => globalThis.captured.push(report);',
  });
  Object.assign(globalThis, { captured });
  const { bus } = await page.import('bus.ts');
  const { event } = await bus.publish('user.created', { id: '1', email: 'ada@example.org' });
  await bus.close();
  expect(captured).toMatchObject([
    [new Error('no'), { tags: { code: 'LISTENER_FAILED', event: 'user.created', listener: 'mail' } }],
  ]);
  expect(logged).toMatchObject([[{ eventId: event.id, attempt: 1 }, expect.any(String)]]);
  expect(JSON.stringify(logged)).not.toContain('ada@example.org');
});
