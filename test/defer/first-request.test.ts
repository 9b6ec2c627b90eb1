/** Nothing here may import the library: the first request loads it, so the library does not see that request begin. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import express from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { serve } from '../servers/start.ts';

/** Copy of `eventually` in app.ts, which can't be imported here because it imports the library. */
const eventually = (assert: () => void) => vi.waitFor(assert, { timeout: 4000, interval: 5 });

type Loaded = typeof import('../trpc/app.ts');

afterEach(() => {
  vi.resetModules();
  // All copies of the library in a process share these keys. Without them, the process seems to have loaded no copy.
  for (const key of Object.getOwnPropertySymbols(globalThis)) {
    if (key.description?.startsWith('trpc-events.') && key.description !== 'trpc-events.test.noise') {
      delete (globalThis as any)[key];
    }
  }
});

/** Handles tRPC's requests with a handler that the first request makes. */
function lazily(createContext: (opts: { res: ServerResponse }) => object) {
  const handled: string[] = [];
  const wasOpen: boolean[] = [];
  let handler: ReturnType<typeof createHTTPHandler> | undefined;
  let latest: ServerResponse;
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    latest = response;
    handler ??= make(await import('../trpc/app.ts'));
    handler(request, response);
  }
  function make({ makeApp, t }: Loaded) {
    const app = makeApp({
      listener: (note) => {
        handled.push(note);
        wasOpen.push(!latest.closed);
      },
    });
    const router = t.router({ note: app.procedure.query(({ ctx }) => ctx.dispatch('noted', 'note')) });
    return createHTTPHandler({ router, createContext });
  }
  return { handle, handled, wasOpen };
}

const get = async (url: string) => {
  const response = await fetch(`${url}/note`);
  expect(response.status).toBe(200);
  await response.text();
};

test('events of the request that loads the library are handled once, after its response if that is on ctx', async () => {
  const { handle, handled, wasOpen } = lazily(({ res }) => ({ res }));
  await using server = await serve(createServer((req, res) => void handle(req, res)));
  await get(server.url);
  await eventually(() => expect(handled).toEqual(['note']));
  await get(server.url);
  await eventually(() => expect(handled).toEqual(['note', 'note']));
  expect(wasOpen).toEqual([false, false]);
});

test('events of the request that loads the library are handled once, even if its response can’t be found', async () => {
  const { handle, handled, wasOpen } = lazily(() => ({}));
  await using server = await serve(createServer((req, res) => void handle(req, res)));
  await get(server.url);
  await eventually(() => expect(handled).toEqual(['note']));
  await get(server.url);
  await eventually(() => expect(handled).toEqual(['note', 'note']));
  expect(wasOpen[1]).toBe(false);
});

test('events of the request that loads the library are handled once on express, behind a body parser', async () => {
  const { handle, handled } = lazily(() => ({}));
  const app = express();
  app.use(express.json());
  app.use((req, res) => void handle(req, res));
  await using server = await serve(createServer(app));
  for (let i = 1; i < 3; i++) {
    await get(server.url);
    await eventually(() => expect(handled).toHaveLength(i));
  }
});
