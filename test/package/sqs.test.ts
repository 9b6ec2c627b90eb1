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

const lambdas = [
  [
    'module',
    `import { initEvents, defineEvents, unchecked } from 'trpc-events'; import { sqsLambda } from 'trpc-events/sqs';`,
  ],
  [
    'commonjs',
    `const { initEvents, defineEvents, unchecked } = require('trpc-events'); const { sqsLambda } = require('trpc-events/sqs');`,
  ],
] as const;
const HANDLE = `
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const router = e.router();
router.on('order.placed', ({ event }) => console.log('handled', event.payload));
const bus = e.bus({ handlers: [router], onError() {} });
const record = (messageId, body) => ({ messageId, body, eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:1:orders' });
const good = JSON.stringify({ specversion: '1.0', id: 'a', type: 'order.placed', source: '/shop', data: 7 });
sqsLambda(bus)({ Records: [record('m1', good), record('m2', 'bad')] }).then((answer) => console.log(JSON.stringify(answer)));`;

test.for(lambdas)('sqsLambda works without the AWS client: %s.', ([type, imports]) => {
  const { stdout, stderr } = runNode(inject('installed'), `--input-type=${type}`, '--eval', imports + HANDLE);
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe('handled 7\n{"batchItemFailures":[{"itemIdentifier":"m2"}]}');
});

const CONSUME = `
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const bus = e.bus({ handlers: [e.router()], unhandled: 'ignore' });
sqsConsumer(bus, { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' }).start().catch((error) => console.log(error.code, error.message));`;

test.for(lambdas)('Without the AWS client, a consumer names what to install: %s.', ([type, imports]) => {
  const code = imports.replace('sqsLambda', 'sqsConsumer') + CONSUME;
  const { stdout, stderr } = runNode(inject('installed'), `--input-type=${type}`, '--eval', code);
  expect(stderr).toBe('');
  expect(stdout).toContain(
    "RECEIVE_FAILED sqs/orders can't start: @aws-sdk/client-sqs is not installed: npm install @aws-sdk/client-sqs",
  );
});
