import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sqsForwarder, type SqsForwarderOptions } from '../../src/sqs/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { SqsServer } from '../servers/sqs.ts';
import { e, mistakesOf } from '../queue/shop.ts';
import { stage } from './shop.ts';

const AWS = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };

const said = (options: SqsForwarderOptions) =>
  mistakesOf(sqsForwarder({ retry: { attempts: 2, minDelay: 1 }, ...options }));

/** Removes everything that the AWS SDK reads from the environment. */
function emptyEnvironment() {
  for (const name of [
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
}

it('Without a region, the error names the ways to give one.', async () => {
  emptyEnvironment();
  // This URL names no region. A queue URL of AWS does, and the client that is made for it uses that region.
  for (const message of await said({ queueUrl: 'http://127.0.0.1:9/1/orders' }))
    expect(message).toContain(
      'the AWS client has no region: set AWS_REGION, or give client: new SQSClient({ region })',
    );
});

it('Without credentials, the error names the ways to give them.', async () => {
  emptyEnvironment();
  for (const message of await said({ queueUrl: AWS }))
    expect(message).toMatch(
      /AWS does not accept the credentials, or there are none: set AWS_PROFILE or .*\(CredentialsProviderError: /,
    );
});

it('For a queue of another region, the error names both.', async () => {
  const client = new SQSClient({ region: 'us-east-1', credentials });
  for (const message of await said({ queueUrl: AWS, client }))
    expect(message).toContain(
      "the queue is in eu-west-1, and its client is for us-east-1: correct queueUrl, or give client: new SQSClient({ region: 'eu-west-1' })",
    );
  client.destroy();
});

it('A server that is none of SQS, and one that never answers, are told apart from a refusal.', async () => {
  const server = createServer((_, response) => response.writeHead(403).end('<html>no entry</html>'));
  server.listen(0);
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SQSClient({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  for (const message of await said({ queueUrl: `${endpoint}/1/orders`, client }))
    expect(message).toMatch(/127\.0\.0\.1:\d+ has answered with status 403, and not as SQS does/);
  client.destroy();
  server.close();
});

it('The client that is made for a queue writes nothing to stderr.', async () => {
  await using server = await SqsServer.start();
  const written = vi.spyOn(console, 'warn');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  const forwarder = sqsForwarder({ queueUrl: server.createQueue('orders').url });
  await forwarder.verify();
  await using bus = e.bus({ handlers: [forwarder] });
  expect((await bus.publish('order.placed', { n: 1 })).failures).toEqual([]);
  expect(written).not.toHaveBeenCalled();
});

describe.each([
  { server: 'the own server', start: () => SqsServer.start() },
  { server: 'fauxqs', start: () => Fauxqs.start() },
])('On $server', ({ start }) => {
  it('an unknown queue is named.', async () => {
    await using server = await start();
    const queueUrl = `${server.endpoint}/000000000000/nope`;
    for (const message of await said({ queueUrl, client: server.client() }))
      expect(message).toMatch(
        /sqs\/nope .*there is no queue http:.*\/nope: create it, or fix the option queueUrl \(/,
      );
  });

  it('verify resolves for a queue that may be sent to, and sends nothing.', async () => {
    await using server = await start();
    for (const name of ['orders', 'orders.fifo']) {
      const { url: queueUrl } = server.createQueue(name);
      await sqsForwarder({ queueUrl, client: server.client() }).verify();
      if (server instanceof Fauxqs) expect(server.bodies(name)).toEqual([]);
      else expect(server.log).toEqual([]);
    }
  });
});

it('A permission that is missing is named.', async () => {
  await using server = await SqsServer.start();
  const { url: queueUrl } = server.createQueue('orders');
  server.faults.failNext('SendMessageBatch', 'access denied', 2);
  for (const message of await said({ queueUrl, client: server.client() }))
    expect(message).toMatch(
      /the process may not send to .*\/orders: allow it sqs:SendMessage, and for an encrypted queue/,
    );
});

it('A server that can not be reached is named.', async () => {
  await using server = await SqsServer.start();
  const { url: queueUrl } = server.createQueue('orders');
  await server.goAway();
  for (const message of await said({ queueUrl, client: server.client() }))
    expect(message).toMatch(/127\.0\.0\.1:\d+ could not be reached \(/);
});

it('A queue that is deleted in mid-run fails what is sent then, and nothing when it is made again.', async () => {
  await using it = await stage();
  await it.flush(1);
  it.server.queues.delete('orders');
  await it.flush(1, undefined, 1);
  expect(it.failed().get(1)?.message).toContain('there is no queue');
  it.server.createQueue('orders');
  await it.flush(1, undefined, 2);
  expect(it.sent()).toEqual([0, 2]);
});

it('Two forwarders of one queue need names of their own.', () => {
  const handlers = [sqsForwarder({ queueUrl: AWS }), sqsForwarder({ queueUrl: AWS })];
  expect(() => e.bus({ handlers })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('"sqs/orders"') }),
  );
  e.bus({ handlers: [handlers[0]!, sqsForwarder({ queueUrl: AWS, name: 'second' })] });
});

it('A client that is made from the environment is made with the first request, and destroyed by close.', async () => {
  await using server = await SqsServer.start();
  const { url: queueUrl } = server.createQueue('orders');
  emptyEnvironment();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', server.endpoint);
  const bus = e.bus({ handlers: [sqsForwarder({ queueUrl })] });
  await bus.publish('order.placed', { n: 1 });
  await bus.close();
  expect(server.log).toHaveLength(1);
});

it('Attributes arrive, with the name of the event to filter by.', async () => {
  await using it = await stage({
    attributes: ({ meta }) => ({
      tenant: String((meta as { tenant?: string }).tenant),
      size: 7,
      raw: new Uint8Array([255]),
    }),
  });
  await it.bus.publish('order.placed', { n: 1 }, { meta: { tenant: 'é' } });
  expect(it.queue.messages[0]?.attributes).toEqual({
    event: { DataType: 'String', StringValue: 'order.placed' },
    tenant: { DataType: 'String', StringValue: 'é' },
    size: { DataType: 'Number', StringValue: '7' },
    raw: { DataType: 'Binary', BinaryValue: '/w==' },
  });
  await it.bus.publish('order.placed', { n: 2, text: 'a\uFFFE\uFFFF' });
  expect(it.errors).toEqual([]);
  expect(it.queue.messages).toHaveLength(2);
});

it('A delayed message is hidden for its time.', async () => {
  await using it = await stage({ delaySeconds: 60 });
  await it.flush(2);
  expect(it.queue.counts).toEqual({ visible: 0, inFlight: 0, delayed: 2 });
});
