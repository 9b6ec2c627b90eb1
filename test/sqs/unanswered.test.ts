import type { SendMessageBatchCommandOutput } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import { e, numberIn } from './shop.ts';

it('An entry that the answer does not mention is sent again, and no other.', async () => {
  await using server = await SqsServer.start();
  const { url: queueUrl } = server.createQueue('orders');
  const client = server.client();
  let isFirst = true;
  // Takes an entry out of the first answer, as a proxy or a strange server may.
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const output = result.output as SendMessageBatchCommandOutput;
      if (isFirst) output.Successful = output.Successful!.filter(({ Id }) => Id !== '1');
      isFirst = false;
      return result;
    },
    { step: 'initialize' },
  );
  const bus = e.bus({ handlers: [sqsForwarder({ queueUrl, client, retry: { minDelay: 1 } })] });
  await bus.scope(({ dispatch }) => {
    for (const n of [0, 1, 2]) dispatch('order.placed', { n });
  });
  await bus.close();
  const batches = server.requests.map(({ input }) =>
    input.Entries!.map(({ MessageBody }) => numberIn(MessageBody)),
  );
  expect(batches).toEqual([[0, 1, 2], [1]]);
});
