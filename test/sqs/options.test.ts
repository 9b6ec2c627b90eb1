import { expect, it } from 'vitest';
import { sqsForwarder } from '../../src/sqs/index.ts';

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';

it('A forwarder is named after its queue, unless it is given a name.', () => {
  expect(sqsForwarder({ queueUrl })).toMatchObject({ name: 'sqs/orders', remote: true, local: undefined });
  const given = sqsForwarder({ queueUrl, name: 'mine', events: ['order.*'], local: false });
  expect(given).toMatchObject({ name: 'mine', events: ['order.*'], local: false });
});

const FIFO = `${queueUrl}.fifo`;
it.for<[given: object | undefined, message: string]>([
  [
    undefined,
    'sqsForwarder: it needs queueUrl, the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/orders. It is undefined: is the environment variable set, for the build too?',
  ],
  [
    { queueUrl: 'orders' },
    'sqsForwarder: queueUrl must be the URL of a queue, such as https://sqs.eu-west-1.amazonaws.com/123456789012/orders, not "orders".',
  ],
  [
    { queueUrl: 'arn:aws:sqs:eu-west-1:123456789012:orders' },
    'sqsForwarder: queueUrl must be the URL of a queue',
  ],
  [{ queueUrl: 'https://sqs.eu-west-1.amazonaws.com/' }, 'sqsForwarder: queueUrl must be the URL of a queue'],
  [{ queueUrl, queueURL: queueUrl }, 'sqsForwarder has no option "queueURL". Did you mean "queueUrl"?'],
  [
    { queueUrl, linger: -1 },
    'sqsForwarder: linger must be a number of milliseconds, from 0 to 2147483647, not -1.',
  ],
  [{ queueUrl, parallel: 0 }, 'sqsForwarder: parallel must be a positive integer, not 0.'],
  [
    { queueUrl, maxBytes: 2 ** 20 + 1 },
    'sqsForwarder: maxBytes must be a positive integer up to 1048576, which is the limit of SQS, not 1048577.',
  ],
  [
    { queueUrl, delaySeconds: 901 },
    'sqsForwarder: delaySeconds must be a whole number of seconds from 0 to 900, or a function that returns one, not 901.',
  ],
  [
    { queueUrl: FIFO, delaySeconds: 1 },
    `sqsForwarder: delaySeconds can't be used with "orders.fifo": a FIFO queue takes no delay for a message. Set DelaySeconds on the queue.`,
  ],
  [
    { queueUrl, deduplicationId: () => 'a' },
    `sqsForwarder: deduplicationId can't be used with "orders": only a FIFO queue, whose name ends in .fifo, drops duplicates.`,
  ],
  [{ queueUrl, retry: 3 }, 'sqsForwarder: retry must be an object such as { attempts: 5 }, not 3.'],
  [{ queueUrl, retry: { attempts: 0 } }, 'sqsForwarder, retry: attempts must be a positive integer, not 0.'],
  [
    { queueUrl, retry: { minDelay: 10, maxDelay: 5 } },
    'sqsForwarder: retry: minDelay is 10 ms, and more than maxDelay, 5 ms.',
  ],
  [
    { queueUrl, client: {} },
    'sqsForwarder: client must be an SQSClient of @aws-sdk/client-sqs, not an object.',
  ],
  [
    { queueUrl, codec: { encode: () => '' } },
    'sqsForwarder: codec must be a codec, such as cloudEvents(), not an object.',
  ],
  [
    { queueUrl, events: 7 },
    'sqsForwarder: events must be a pattern, such as "order.*", or a list of patterns, not 7.',
  ],
])('A bad option is refused when the forwarder is made: %o.', ([given, message]) => {
  expect(() => sqsForwarder(given as never)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(message) }),
  );
});
