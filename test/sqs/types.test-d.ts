import type { SQSClient } from '@aws-sdk/client-sqs';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventForwarder } from '../../src/index.ts';
import { sqsForwarder, type SqsClient, type SqsForwarder } from '../../src/sqs/index.ts';

const e = initEvents.create(
  defineEvents({
    'order.placed': z.object({ n: z.number() }),
    'user.created': z.object({ id: z.string().transform((id) => id.length) }),
  }),
);
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';

test('A forwarder keeps its patterns, so that e.bus checks them.', () => {
  expectTypeOf(sqsForwarder({ queueUrl, events: 'order.*' })).toEqualTypeOf<SqsForwarder<'order.*'>>();
  expectTypeOf(sqsForwarder({ queueUrl })).toExtend<EventForwarder>();
  e.bus({ handlers: [sqsForwarder({ queueUrl, events: 'order.*' })] });
  // @ts-expect-error no event matches the pattern
  e.bus({ handlers: [sqsForwarder({ queueUrl, events: 'ordr.*' })] });
  // @ts-expect-error user.created does not accept its own output, so it can't travel
  e.bus({ handlers: [sqsForwarder({ queueUrl, events: ['user.*'] })] });
  // @ts-expect-error without `events`, the forwarder takes user.created too
  e.bus({ handlers: [sqsForwarder({ queueUrl })] });
});

test('An SQSClient of the AWS SDK is a client, and another object is none.', () => {
  expectTypeOf<SQSClient>().toExtend<SqsClient>();
  // @ts-expect-error a client has `send`
  sqsForwarder({ queueUrl, client: {} });
  // @ts-expect-error queueUrl is required
  sqsForwarder({});
});

test('Functions of options get the event, and return what SQS takes.', () => {
  sqsForwarder({
    queueUrl,
    groupId: ({ key }) => key,
    delaySeconds: ({ name }) => name.length,
    attributes: ({ meta }) => ({ a: 'x', b: 1, c: new Uint8Array(), d: undefined, e: typeof meta }),
  });
  // @ts-expect-error an attribute is no object
  sqsForwarder({ queueUrl, attributes: () => ({ a: {} }) });
});
