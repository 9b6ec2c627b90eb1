import { expect, inject, test } from 'vitest';
import { folderWith } from './folders.ts';
import { runNode } from './run.ts';

const withClient = folderWith({ '@google-cloud/pubsub': '@google-cloud/pubsub' });

const kinds = [
  {
    type: 'module',
    imports: `import { initEvents, defineEvents, unchecked } from 'trpc-events'; import { pubsubForwarder } from 'trpc-events/pubsub';`,
  },
  {
    type: 'commonjs',
    imports: `const { initEvents, defineEvents, unchecked } = require('trpc-events'); const { pubsubForwarder } = require('trpc-events/pubsub');`,
  },
];
/** Publishes an event, with a client from the environment, to a port where nobody listens. */
const PUBLISH = `
process.env.PUBSUB_EMULATOR_HOST = '127.0.0.1:9';
process.env.METADATA_SERVER_DETECTION = 'none';
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const forwarder = pubsubForwarder({ topic: 'projects/test/topics/orders', timeout: 500 });
const bus = e.bus({ handlers: [forwarder], onError: ({ error }) => console.log(error.cause.message) });
bus.publish('order.placed', { id: 1 }).then(() => bus.close());`;

test.for(kinds)('The forwarder works with the Google client beside it: $type.', ({ type, imports }) => {
  const { stdout, stderr } = runNode(withClient, `--input-type=${type}`, '--eval', imports + PUBLISH);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^pubsub\/orders could not send "order\.placed".*: .*Pub\/Sub could not be reached \(/,
  );
});

test.for(kinds)(
  'Without the Google client, the entry loads, and a send names what to install: $type.',
  ({ type, imports }) => {
    const { stdout, stderr } = runNode(
      inject('installed'),
      `--input-type=${type}`,
      '--eval',
      imports + PUBLISH,
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('@google-cloud/pubsub is not installed: npm install @google-cloud/pubsub');
  },
);
