import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { folderWith } from './folders.ts';

type Root = typeof import('trpc-events');
type Next = typeof import('trpc-events/next');
type Observer = import('trpc-events').EventObserver;

/** The folder of an app that loads the package several times, as ESM and as CommonJS, as Next.js apps do. */
const folder = folderWith({ next: 'next' });
const require = createRequire(join(folder, 'app.js'));
const load = (file: string) =>
  import(pathToFileURL(join(folder, 'node_modules/trpc-events/dist', file)).href) as Promise<unknown>;
const esm = { ...((await load('index.mjs')) as Root), ...((await load('next.mjs')) as Next) };
const cjs = { ...(require('trpc-events') as Root), ...(require('trpc-events/next') as Next) };
const pairs = [
  { mine: esm, theirs: cjs, names: 'a bus of ESM, the rest of CommonJS' },
  { mine: cjs, theirs: esm, names: 'a bus of CommonJS, the rest of ESM' },
];

const log: string[] = [];
beforeEach(() => {
  log.length = 0;
});

/** Logs what happens to events, as a recorder in tests does. It recognizes errors by its own copy of EventsError. */
const recorder = ({ EventsError }: Pick<Root, 'EventsError'>): Observer => ({
  name: 'recorder',
  scopeSettled: ({ path }, { ok }) => void log.push(`${path} ${ok ? 'succeeded' : 'failed'}`),
  responseSent: ({ path }) => void log.push(`${path} sent`),
  dispatched: ({ name }) => void log.push(`${name} dispatched`),
  discarded: ({ name }, { reason }) => void log.push(`${name} discarded: ${reason}`),
  errored: (error) => void log.push(error instanceof EventsError ? `reported ${error.code}` : 'not known'),
  wrapAttempt: async ({ listener }, run) => {
    const { ok } = await run();
    log.push(`${listener} ${ok ? 'handled' : 'failed'}`);
  },
});

/** Makes a bus of one copy, which a recorder of the other copy observes. */
function make({ mine, theirs }: (typeof pairs)[number]) {
  const e = mine.initEvents.create(
    mine.defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.void() }),
  );
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent'), { name: 'mail' });
  router.on('mail.sent', () => Promise.reject(new Error('It fails.')), { name: 'count' });
  const bus = e.bus({ handlers: [router], onError: () => {}, observers: [recorder(theirs)] });
  return { e, bus };
}
const handled = ['mail.sent dispatched', 'mail handled', 'reported LISTENER_FAILED', 'count failed'];

/** Answers one request with a pages/api function, and waits until the server has no connection left. */
async function request(handler: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>) {
  const server = createServer((req, res) => {
    handler(req, res).catch(() => res.writeHead(500).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.text();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return response.status;
}

test('Each entry point is loaded as two copies.', () => {
  expect(esm.withEvents).not.toBe(cjs.withEvents);
  expect(esm.initEvents).not.toBe(cjs.initEvents);
});

describe.for(pairs)('$names', (pair) => {
  const { withEvents } = pair.theirs;

  test('An event of a handler that succeeds is handled once, after the response.', async () => {
    const { e, bus } = make(pair);
    const handler = withEvents(
      bus,
      (_req: IncomingMessage, res: ServerResponse) => {
        e.dispatch('order.placed', { id: '1' });
        res.end('placed');
      },
      { path: 'place' },
    );
    expect(await request(handler)).toBe(200);
    await vi.waitUntil(() => log.includes('count failed'), 30_000);
    await bus.close();
    expect(log).toEqual(['order.placed dispatched', 'place succeeded', 'place sent', ...handled]);
  });

  test.for([
    { how: 'throws', status: 500 },
    { how: 'answers with 409', status: 409 },
  ])('An event of a handler that $how is discarded.', async ({ status }) => {
    const { e, bus } = make(pair);
    const handler = withEvents(
      bus,
      async (_req: IncomingMessage, res: ServerResponse) => {
        e.dispatch('order.placed', { id: '1' });
        await Promise.resolve();
        if (status === 500) throw new Error('It fails.');
        res.writeHead(status).end();
      },
      { path: 'place' },
    );
    expect(await request(handler)).toBe(status);
    await bus.close();
    expect(log.filter((line) => line !== 'place sent')).toEqual([
      'order.placed dispatched',
      'place failed',
      'order.placed discarded: failed',
    ]);
  });

  test('A route handler with a defer strategy of the other copy belongs to the call of the bus in which it runs.', async () => {
    const { e, bus } = make(pair);
    const inner = withEvents(bus, async () => e.dispatch('order.placed', { id: '1' }), {
      path: 'inner',
      defer: pair.theirs.inline(),
    });
    const outer = withEvents(
      bus,
      async (_request: Request) => {
        await inner();
        return new Response(null, { status: 404 });
      },
      { path: 'outer', defer: pair.theirs.inline() },
    );
    await outer(new Request('http://localhost/'));
    expect(log).toEqual([
      'order.placed dispatched',
      'inner succeeded',
      'outer failed',
      'order.placed discarded: enclosing-failed',
    ]);
    log.length = 0;
    await inner();
    expect(log).toEqual(['order.placed dispatched', 'inner succeeded', ...handled]);
    await bus.close();
  });

  test('withEvents refuses a value that is not a bus, with an error that both copies recognize.', () => {
    let error: unknown;
    try {
      withEvents({} as never, () => {});
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(pair.mine.EventsError);
    expect(error).toMatchObject({ code: 'BAD_OPTION' });
  });
});
