import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { runShop, startShop, takePort } from './shop.ts';

describe('npm run playground', { timeout: 240_000 }, () => {
  it('takes the next port if its own is taken, and ends on Ctrl-C', async () => {
    // The port may be taken already, which is just as good.
    await using _taken = await takePort(3000).catch(() => undefined);
    const shop = await startShop({ args: [] });
    expect(Number(new URL(shop.url).port)).toBeGreaterThan(3000);
    expect((await fetch(shop.url)).status).toBe(200);
    expect(await shop.stop('SIGINT')).toEqual({ code: 0, errors: '' });
    await expect(fetch(shop.url)).rejects.toThrow('fetch failed');
  });

  it('prints the address of an inspector, which has the part of the worker, and is for this machine alone', async () => {
    const shop = await startShop();
    const [, page, token] = /inspector is at (http:\S+)#token=(\S+)/.exec(shop.printed())!;
    expect(await (await fetch(page!)).text()).toContain('<title>');
    const entries = `${page}/api/entries?once`;
    const authorization = `Bearer ${token}`;
    expect((await fetch(entries)).status).toBe(404);
    expect((await fetch(entries, { headers: { authorization: `${authorization}x` } })).status).toBe(404);
    // A hostile site may point its own name at this machine.
    const foreign = { host: 'shop.example' };
    expect((await ask(entries, { ...foreign, authorization })).status).toBe(404);
    expect((await ask(shop.url, {})).body).toContain(token);
    expect((await ask(shop.url, foreign)).body).not.toContain(token);
    const placed = await fetch(`${shop.url}/api/trpc/orders.place`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { item: 'tea', quantity: 1 } }),
    });
    expect(placed.status).toBe(200);
    const isPacked = (line: string) => {
      const { kind, process, listener } = JSON.parse(line) as Record<string, unknown>;
      return kind === 'started' && process === 'worker' && listener === 'packParcel';
    };
    await expect
      .poll(
        async () => {
          const told = await (await fetch(entries, { headers: { authorization } })).text();
          return told.trim().split('\n').some(isPacked);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    expect(await shop.stop('SIGTERM')).toEqual({ code: 0, errors: '' });
  });

  it('fails with a message if the requested port is taken', async () => {
    await using taken = await takePort();
    expect(await runShop(['--port', `${taken.port}`])).toEqual({
      code: 1,
      printed: '',
      errors: `Port ${taken.port} is taken.\n`,
    });
  });

  it.each([['--prot'], ['--port', 'three'], ['--port', '65536']])('refuses %s %s', async (...args) => {
    expect(await runShop(args)).toMatchObject({
      code: 1,
      printed: '',
      errors: expect.stringContaining(
        '\nUsage: npm run playground -- [--port <number>] [--dev] [--pubsub]\n',
      ),
    });
  });

  const URLS = {
    SQS_QUEUE_URL: 'http://127.0.0.1:1/1/orders',
    SQS_QUEUE_URL_REPLIES: 'http://127.0.0.1:1/1/replies',
  };
  it.each<[what: string, args: readonly string[], variables: Readonly<Record<string, string>>, says: string]>(
    [
      [
        'one queue without the other',
        [],
        { SQS_QUEUE_URL: URLS.SQS_QUEUE_URL },
        'Set both SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, for orders and what comes back, or none.',
      ],
      [
        'queues of two brokers',
        [],
        { ...URLS, PUBSUB_TOPIC: 'orders' },
        'Set PUBSUB_TOPIC, or SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES, and not both.',
      ],
      [
        'a Pub/Sub of its own beside a topic',
        ['--pubsub'],
        { PUBSUB_TOPIC: 'orders' },
        '--pubsub starts a Pub/Sub server: leave it out, or unset PUBSUB_TOPIC, SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES.',
      ],
    ],
  )('refuses %s', async (_, args, variables, says) => {
    expect(await runShop(args, variables)).toEqual({ code: 1, printed: '', errors: `${says}\n` });
  });
});

/** Sends a request with these headers, including a Host, which fetch would not send. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | undefined; body: string }> {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}
