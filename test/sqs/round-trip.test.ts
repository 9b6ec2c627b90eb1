/** The forwarder and the consumer together: a shop and its worker, on two queues. */
import { expect, it } from 'vitest';
import { initEvents } from '../../src/index.ts';
import { sqsConsumer, sqsForwarder } from '../../src/sqs/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import { catalog } from '../queue/worker.ts';
import { until } from '../setup/async.ts';

const e = initEvents.create(catalog);

it('A chained send that fails keeps its message; delivered again, it sends the same event, and no listener runs in vain.', async () => {
  await using server = await SqsServer.start();
  const [orders, mails] = ['orders', 'mails'].map((name) => server.createQueue(name));
  const client = server.client();
  const toMails = sqsForwarder({
    queueUrl: mails!.url,
    events: 'mail.*',
    client,
    retry: { attempts: 1 },
  });
  const runs: string[] = [];
  const router = e.router().on(
    'order.placed',
    ({ event, ctx }) => {
      runs.push(event.id);
      ctx.dispatch('mail.sent', { to: event.payload.id });
    },
    { name: 'ship' },
  );
  const sent: string[] = [];
  const failed: string[] = [];
  await using worker = e.bus({
    handlers: [router, toMails],
    onError: ({ error }) => void failed.push(String(error.cause)),
    observers: [{ name: 'sees', dispatched: ({ name, id }) => void (name === 'mail.sent' && sent.push(id)) }],
  });
  await using consumer = sqsConsumer(worker, {
    queueUrl: orders!.url,
    client,
    waitTimeSeconds: 1,
    retryDelay: () => 0,
  });
  await using shop = e.bus({ handlers: [sqsForwarder({ queueUrl: orders!.url, client })] });

  let isDown = true;
  server.faults.failEntries(({ MessageBody = '' }) =>
    isDown && MessageBody.includes('mail.sent') ? 'final' : undefined,
  );
  const { event } = await shop.publish('order.placed', { id: 'one' });
  await consumer.start();
  await until(() => failed.length > 0);
  expect(failed[0]).toContain('sqs/mails could not send "mail.sent"');
  expect(mails!.messages).toEqual([]);
  isDown = false;
  await until(() => orders!.messages.length === 0);
  expect(new Set(runs)).toEqual(new Set([event.id]));
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(new Set(sent).size).toBe(1);
  expect(mails!.messages.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual([sent[0]]);
  await consumer.stop();
});
