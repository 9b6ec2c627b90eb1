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

/** Calls a push route with a header that has no token, and with one that only looks like a token. */
const PUSH = `
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const bus = e.bus({ handlers: [e.router()], onError: ({ error }) => console.log(error.message), unhandled: 'ignore' });
const auth = AUTH;
const push = pubsubPush(bus, { audience: 'https://a.example', serviceAccount: 'a@example.com', ...(auth && { auth }) });
const ask = async (authorization) => {
  const { status } = await push(new Request('https://a.example', { method: 'POST', body: '{}', headers: { authorization } }));
  console.log(status);
};
ask('none').then(() => ask('Bearer a.b.c'));`;
/** Returns the code of a client that really checks tokens, but fetches no certificates. */
const OFFLINE = (load: string) =>
  `(() => { ${load} const auth = new OAuth2Client(); auth.getFederatedSignonCertsAsync = async () => ({ certs: {}, format: 'PEM' }); return auth; })()`;
const withAuth = folderWith({ 'google-auth-library': 'google-auth-library' });

test.for(kinds)('A push route works without the Pub/Sub client: $type.', ({ type, imports }) => {
  const isModule = type === 'module';
  const first = isModule ? `import { OAuth2Client } from 'google-auth-library'; ` : '';
  const auth = OFFLINE(isModule ? '' : `const { OAuth2Client } = require('google-auth-library');`);
  const code = first + imports.replace('pubsubForwarder', 'pubsubPush') + PUSH.replace('AUTH', auth);
  const { stdout, stderr } = runNode(withAuth, `--input-type=${type}`, '--eval', code);
  expect(stderr).toBe('');
  expect(stdout.split('\n').filter((line) => /^\d+$/.test(line))).toEqual(['401', '401']);
  expect(stdout).toContain('it is no token of Google');
});

test.for(kinds)('Without any package, a push route says what to install: $type.', ({ type, imports }) => {
  const code = imports.replace('pubsubForwarder', 'pubsubPush') + PUSH.replace('AUTH', 'undefined');
  const { stdout, stderr } = runNode(inject('installed'), `--input-type=${type}`, '--eval', code);
  expect(stderr).toBe('');
  expect(stdout.split('\n').filter((line) => /^\d+$/.test(line))).toEqual(['401', '500']);
  expect(stdout).toContain('google-auth-library is not installed: npm install google-auth-library');
});
