import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { expect, test } from 'vitest';
import type { AsyncApiDocument } from '../../src/wire/index.ts';
import { runNode } from './run.ts';

const root = join(import.meta.dirname, '../..');
const CODE = `
  import { asyncApi } from 'trpc-events/wire';
  for (const [name, queue] of [['SQS_QUEUE_URL', 'orders'], ['SQS_QUEUE_URL_REPLIES', 'replies']])
    process.env[name] = 'https://sqs.eu-west-1.amazonaws.com/123456789012/' + queue;
  const { bus } = await import('./playground/server/bus.ts');
  const servers = { aws: { host: 'sqs.eu-west-1.amazonaws.com', protocol: 'sqs' } };
  console.log(JSON.stringify(asyncApi(bus.describe(), { title: 'The shop', version: '1.0.0', servers })));
  process.exit();
`;

test('The official parser finds nothing in the document of the playground, with its two queues.', async () => {
  const { stdout, stderr, status } = runNode(root, '--input-type=module', '--eval', CODE);
  expect([stderr, status]).toEqual(['', 0]);
  const document = JSON.parse(stdout) as AsyncApiDocument;
  const { document: read, diagnostics } = await new Parser().parse(document);
  expect(diagnostics).toEqual([]);
  expect(Object.values(document.channels).flatMap(({ title = [] }) => title)).toEqual([
    'sqs/orders',
    'sqs/replies',
  ]);
  const titles = Object.values(document.operations).map(({ action, title }) => `${action} ${title}`);
  expect(titles).toEqual(expect.arrayContaining(['receive packParcel', 'send sqs/orders']));
  expect(read!.version()).toBe('3.1.0');
});
