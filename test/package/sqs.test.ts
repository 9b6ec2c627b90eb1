import { expect, inject, test } from 'vitest';
import { folderWith } from './folders.ts';
import { runNode } from './run.ts';

const withClient = folderWith({ '@aws-sdk/client-sqs': '@aws-sdk/client-sqs' });

const kinds = [
  {
    type: 'module',
    imports: `import { initEvents, defineEvents, unchecked } from 'trpc-events'; import { sqsForwarder } from 'trpc-events/sqs';`,
  },
  {
    type: 'commonjs',
    imports: `const { initEvents, defineEvents, unchecked } = require('trpc-events'); const { sqsForwarder } = require('trpc-events/sqs');`,
  },
];
/** Publishes an event, with a client from the environment, to a port where nobody listens. */
const PUBLISH = `
process.env.AWS_REGION = 'eu-west-1';
process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = 'test';
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const forwarder = sqsForwarder({ queueUrl: 'http://127.0.0.1:9/0/orders', retry: { attempts: 1 } });
const bus = e.bus({ handlers: [forwarder], onError: ({ error }) => console.log(error.cause.message) });
bus.publish('order.placed', { id: 1 }).then(() => bus.close());`;

test.for(kinds)('The forwarder works with the AWS client beside it: $type.', ({ type, imports }) => {
  const { stdout } = runNode(withClient, `--input-type=${type}`, '--eval', imports + PUBLISH);
  expect(stdout).toMatch(
    /^sqs\/orders could not send "order\.placed": 127\.0\.0\.1:9 could not be reached \(/,
  );
});

test.for(kinds)(
  'Without the AWS client, the entry loads, and a send names what to install: $type.',
  ({ type, imports }) => {
    const { stdout, stderr } = runNode(
      inject('installed'),
      `--input-type=${type}`,
      '--eval',
      imports + PUBLISH,
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('@aws-sdk/client-sqs is not installed: npm install @aws-sdk/client-sqs');
  },
);
