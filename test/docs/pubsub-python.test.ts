import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cloudEvents } from '../../src/wire/index.ts';
import { stage } from '../pubsub/shop.ts';
import { blocksOf } from './blocks.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const skipped = hasPython ? '' : ' (skipped: there is no python3)';
const [producer, consumer] = blocksOf('forwarders/pubsub-python.md', 'py') as [string, string];

/**
 * The part of google-cloud-pubsub that the scripts use, which is on no registry that the tests need: it prints what is
 * published and acknowledged, and delivers the messages of the environment.
 */
const PUBSUB = `
import base64, json, os
from types import SimpleNamespace

class Message:
    def __init__(self, text):
        self.data = base64.b64decode(text)
    def ack(self):
        print("ack")

types = SimpleNamespace(PublisherOptions=lambda enable_message_ordering: enable_message_ordering)
subscriber = SimpleNamespace(message=SimpleNamespace(Message=Message))

class PublisherClient:
    def __init__(self, publisher_options):
        assert publisher_options
    def topic_path(self, project, topic):
        return f"projects/{project}/topics/{topic}"
    def publish(self, topic, data, ordering_key="", **attributes):
        assert isinstance(data, bytes)
        print(json.dumps({"topic": topic, "data": data.decode(), "key": ordering_key, "attributes": attributes}))
        return SimpleNamespace(result=lambda: "1")

class SubscriberClient:
    def subscription_path(self, project, subscription):
        return f"projects/{project}/subscriptions/{subscription}"
    def subscribe(self, subscription, callback):
        for text in json.loads(os.environ["MESSAGES"]):
            callback(Message(text))
        return SimpleNamespace(result=lambda: None)
`;
const folder = mkdtempSync(join(tmpdir(), 'python-'));
mkdirSync(join(folder, 'google/cloud'), { recursive: true });
writeFileSync(join(folder, 'google/cloud/pubsub_v1.py'), PUBSUB);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script, and returns the lines that it prints. */
function run(script: string, messages: readonly string[] = []): readonly string[] {
  const env = { ...process.env, PYTHONPATH: folder, MESSAGES: JSON.stringify(messages) };
  const { stdout, stderr } = spawnSync('python3', ['-c', script], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

it.skipIf(!hasPython)(`What the producer in docs/forwarders/pubsub.md sends is an event${skipped}.`, () => {
  const lines = run(producer);
  expect(lines).toHaveLength(1);
  const { data, ...sent } = JSON.parse(lines[0]!) as { readonly data: string };
  expect(sent).toEqual({
    topic: 'projects/my-project/topics/orders',
    key: '1',
    attributes: { event: 'order.placed' },
  });
  expect(cloudEvents().decode(data)).toMatchObject({
    name: 'order.placed',
    source: '/billing',
    payload: { id: '1', total: 20 },
  });
});

it.skipIf(!hasPython)(
  `The consumer in docs/forwarders/pubsub.md takes what a forwarder sends${skipped}.`,
  async () => {
    await using it = await stage();
    await it.flush(2);
    const messages = it.messages().map(({ data }) => data.toString('base64'));
    expect(run(consumer, messages)).toEqual(["order.placed {'n': 0}", 'ack', "order.placed {'n': 1}", 'ack']);
  },
);
