import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type AnyEvent } from '../../src/index.ts';
import { sqsConsumer, sqsForwarder } from '../../src/sqs/index.ts';
import { fastapiEvents } from '../../src/wire/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { blocksOf } from './blocks.ts';

const python = spawnSync('python3', ['--version']).status === 0;
const skipped = python ? '' : ' (skipped: there is no python3)';
const [producer, consumer] = blocksOf('forwarders/sqs-python.md', 'py') as [string, string];

/** The part of boto3 that the scripts use, in the same protocol: boto3 itself is on no registry that the tests need. */
const BOTO3 = `
import json, os, urllib.request

class Client:
    def __getattr__(self, operation):
        action = "".join(part.capitalize() for part in operation.split("_"))
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS." + action}
        def call(**parameters):
            request = urllib.request.Request(os.environ["ENDPOINT"], json.dumps(parameters).encode(), headers)
            with urllib.request.urlopen(request) as response:
                return json.loads(response.read() or "{}")
        return call

def client(service):
    assert service == "sqs"
    return Client()
`;
const folder = mkdtempSync(join(tmpdir(), 'python-'));
writeFileSync(join(folder, 'boto3.py'), BOTO3);
afterAll(() => rmSync(folder, { recursive: true }));

function start(
  script: string,
  endpoint: string,
  url: string,
): { child: ChildProcess; lines: () => string[] } {
  const env = {
    ...process.env,
    PYTHONPATH: folder,
    PYTHONUNBUFFERED: '1',
    ENDPOINT: endpoint,
    QUEUE_URL: url,
  };
  const child = spawn('python3', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += String(text)));
  return { child, lines: () => output.split('\n').slice(0, -1) };
}

const e = initEvents.create(
  defineEvents({
    'order.placed': z.object({ id: z.string(), total: z.number(), at: z.coerce.date().optional() }),
  }),
);

it.skipIf(!python)(
  `A worker takes what the producer in docs/forwarders/sqs-python.md sends${skipped}.`,
  async () => {
    await using server = await Fauxqs.start();
    const { url } = server.createQueue('orders');
    const { child, lines } = start(producer, server.endpoint, url);
    const [code] = (await once(child, 'close')) as [number];
    expect([code, lines()]).toEqual([0, []]);
    const seen: AnyEvent[] = [];
    await using bus = e.bus({ handlers: [e.router().on('*', ({ event }) => void seen.push(event))] });
    const worker = sqsConsumer(bus, { queueUrl: url, client: server.client(), waitTimeSeconds: 1 });
    await worker.start();
    await until(() => worker.status.acknowledged === 1);
    expect(seen).toMatchObject([
      { source: '/billing', name: 'order.placed', payload: { id: '1', total: 20 } },
    ]);
    expect(seen[0]!.id).toMatch(/^[\da-f-]{36}$/);
    expect(Math.abs(Date.now() - Number(seen[0]!.time))).toBeLessThan(60_000);
  },
);

it.skipIf(!python)(
  `The consumer in docs/forwarders/sqs-python.md takes what a forwarder sends, and deletes it${skipped}.`,
  async () => {
    await using server = await Fauxqs.start();
    const { url } = server.createQueue('orders');
    const client = server.client();
    await using bus = e.bus({ handlers: [sqsForwarder({ queueUrl: url, client })] });
    const { child, lines } = start(consumer, server.endpoint, url);
    try {
      await bus.publish('order.placed', { id: '1', total: 20, at: new Date(0) });
      await bus.publish('order.placed', { id: '2', total: 30 });
      await until(() => lines().length === 2);
      expect(lines()).toEqual([
        "order.placed {'id': '1', 'total': 20, 'at': '1970-01-01T00:00:00.000Z'}",
        "order.placed {'id': '2', 'total': 30}",
      ]);
      await until(() => server.isEmpty('orders'));
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  },
);

/** A program that does what `SQSForwardHandler` of fastapi-events does with a request's events, and then reads them. */
const FASTAPI = `
import json, os, uuid
from datetime import datetime, timezone
import boto3

sqs = boto3.client("sqs")
events = [("order.placed", {"id": str(n), "total": n, "at": datetime.fromtimestamp(n, timezone.utc)}) for n in range(3)]
entries = [{"Id": str(uuid.uuid4()), "MessageBody": json.dumps(event, default=str)} for event in events]
sqs.send_message_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)
`;
import { until } from '../setup/async.ts';

it.skipIf(!python)(
  `Both directions of fastapi-events work while both run, as docs/migrating/fastapi-events.md says${skipped}.`,
  async () => {
    await using server = await Fauxqs.start();
    const [toUs, toPython] = [server.createQueue('to-us'), server.createQueue('to-python')] as const;
    const client = server.client();
    const codec = fastapiEvents();
    const seen: AnyEvent[] = [];
    const handlers = [
      e.router().on('*', ({ event }) => void seen.push(event), { name: 'all' }),
      sqsForwarder({ queueUrl: toPython.url, client, codec, local: true }),
    ];
    await using bus = e.bus({ handlers });
    const { child, lines } = start(FASTAPI, server.endpoint, toUs.url);
    await once(child, 'close');
    expect(lines()).toEqual([]);
    const worker = sqsConsumer(bus, { queueUrl: toUs.url, client, codec, waitTimeSeconds: 1 });
    await worker.start();
    await until(() => worker.status.acknowledged === 3);
    const payloads = seen.splice(0).map(({ payload }) => payload as { id: string });
    expect(payloads.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual(
      [0, 1, 2].map((n) => ({ id: String(n), total: n, at: new Date(n * 1000) })),
    );
    const { failures } = await bus.publish(
      'order.placed',
      { id: '7', total: 7, at: new Date(0) },
      { key: 'k' },
    );
    expect(failures).toEqual([]);
    expect(server.bodies('to-python')).toEqual([
      '["order.placed",{"id":"7","total":7,"at":"1970-01-01T00:00:00.000Z"}]',
    ]);
  },
);
