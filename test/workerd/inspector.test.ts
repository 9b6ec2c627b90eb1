import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Miniflare } from 'miniflare';
import { expect, test, vi } from 'vitest';
import { bundle, WRANGLER } from './bundle.ts';

/** Runs a worker whose inspector is made while its modules are loaded, as `wrangler dev` does. */
async function startWorker(bindings: Record<string, string>) {
  const contents = await bundle(join(import.meta.dirname, 'inspector-worker.ts'), WRANGLER);
  let printed = '';
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
    compatibilityDate: '2026-04-01',
    compatibilityFlags: ['nodejs_compat'],
    bindings,
    handleRuntimeStdio(...streams: Readable[]) {
      for (const stream of streams) stream.on('data', (text: Buffer) => (printed += text.toString()));
    },
  });
  const { origin } = await miniflare.ready;
  return {
    origin,
    ask: (path: string, init?: RequestInit) => fetch(`${origin}/inspector${path}`, init),
    printed: () => printed,
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

test('An inspector that is made at the top of a worker answers, streams what happens, and redelivers.', async () => {
  await using worker = await startWorker({ NODE_ENV: 'development' });
  const page = await worker.ask('');
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
  const token = await vi.waitUntil(() => /#token=(\S+)/.exec(worker.printed())?.[1], { timeout: 20_000 });
  const headers = { authorization: `Bearer ${token}` };

  const stream = await worker.ask('/api/entries', { headers });
  const news = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const json = { 'content-type': 'application/json' };
  await fetch(`${worker.origin}/trpc/signUp`, { method: 'POST', headers: json, body: '{}' });
  let text = '';
  while (!text.includes('"gaveUp"')) text += (await news.read()).value;
  await news.cancel();
  const [, event] = /"event":"([^"]+)"/.exec(text)!;

  const answer = await worker.ask('/api/redeliver', {
    method: 'POST',
    headers: { ...headers, ...json, origin: worker.origin },
    body: JSON.stringify({ event, listener: 'welcome-mail' }),
  });
  expect(await answer.json()).toMatchObject({
    isDone: true,
    failures: [{ error: { message: 'No mail today.' } }],
  });
});

test('The inspector answers 404 if nothing says that this is development.', async () => {
  await using worker = await startWorker({});
  const page = await worker.ask('');
  expect([page.status, await page.json()]).toEqual([404, { error: 'Not found.' }]);
});
