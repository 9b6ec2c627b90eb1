import { describe, expect, it } from 'vitest';
import { runShop, startShop, takePort } from './shop.ts';

describe('npm run playground', { timeout: 240_000 }, () => {
  it('takes the next port if its own is taken, and ends on Ctrl-C', async () => {
    // Another process may have the port already, which is just as good.
    await using _taken = await takePort(3000).catch(() => undefined);
    const shop = await startShop({ args: [] });
    expect(Number(new URL(shop.url).port)).toBeGreaterThan(3000);
    expect((await fetch(shop.url)).status).toBe(200);
    expect(await shop.stop('SIGINT')).toEqual({ code: 0, errors: '' });
    await expect(fetch(shop.url)).rejects.toThrow('fetch failed');
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
