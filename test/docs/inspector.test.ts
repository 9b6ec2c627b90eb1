import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import type { FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { anInspector, e } from '../inspector/inspected.ts';
import { tokenOf } from '../inspector/ask.ts';
import { serve } from '../servers/start.ts';
import { expectConsole } from '../setup/console.ts';
import { blocksOf, runBlock } from './blocks.ts';
import { openPage } from './page.ts';

beforeEach(() => void vi.stubEnv('NODE_ENV', 'development'));
afterEach(() => void vi.unstubAllEnvs());

type Made = ReturnType<typeof made>;

/** Makes a bus with an inspector, and with a listener that fails every time until the test fixes it. */
function made() {
  const lines = expectConsole();
  const inspector = anInspector();
  const state = { isMended: false };
  const router = e.router().on(
    'mail.sent',
    () => {
      if (!state.isMended) throw new Error('No mail today.');
    },
    { name: 'count-mail' },
  );
  const bus = e.bus({ handlers: [router], observers: [inspector], onError: () => {} });
  return { inspector, bus, lines, state };
}

/** Does what the page does: takes the token from the printed address, follows the entries, and redelivers an event. */
async function tryOut({ bus, lines, state }: Made, url: string): Promise<void> {
  expect((await fetch(`${url}/inspector/api/entries?once`)).status).toBe(401);
  const address = lines.join('\n').match(/http:\S+/)![0];
  expect(address).toContain(`${url}/inspector/#token=`);
  const headers = { authorization: `Bearer ${tokenOf(address)}` };
  const gone = new AbortController();
  const stream = await fetch(`${url}/inspector/api/entries`, { headers, signal: gone.signal });
  const news = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { event } = await bus.publish('mail.sent', { to: 'ada@example.org' });
  let text = '';
  while (!text.includes('"gaveUp"')) text += (await news.read()).value;
  expect(text).toContain('No mail today.');
  gone.abort();
  await expect(news.read()).rejects.toThrow('aborted');

  state.isMended = true;
  const answer = await fetch(`${url}/inspector/api/redeliver`, {
    method: 'POST',
    headers: { ...headers, origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ event: event.id, listener: 'count-mail' }),
  });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { event: event.id, isDone: true, failures: [] },
  ]);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
}

it('The route of Hono in docs/inspector.md works.', async () => {
  const shown = made();
  const block = blocksOf('inspector.md').find((code) => code.includes('new Hono()'));
  const app = (await runBlock(block!, { Hono, inspector: shown.inspector }, 'app')) as Hono;
  await using server = await serve(createServer(getRequestListener(app.fetch)));
  await tryOut(shown, server.url);
});

it.for(['before', 'after'])(
  'The route of Express in docs/inspector/mounting.md works %s a reader of bodies.',
  async (where) => {
    const shown = made();
    using page = openPage('inspector/mounting.md', { 'server/bus.ts': { inspector: shown.inspector } });
    const { app } = await page.import('server/express.ts');
    const outer = express();
    if (where === 'after') outer.use(express.json());
    outer.use(app);
    await using server = await serve(createServer(outer));
    await tryOut(shown, server.url);
  },
);

it('The route of Fastify in docs/inspector/mounting.md works.', async () => {
  const shown = made();
  using page = openPage('inspector/mounting.md', { 'server/bus.ts': { inspector: shown.inspector } });
  const { app } = (await page.import('server/fastify.ts')) as { app: FastifyInstance };
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    await tryOut(shown, url);
  } finally {
    await app.close();
  }
});
