import type { SendMessageBatchCommandOutput } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { SqsServer } from '../servers/sqs.ts';
import { e, numberIn } from '../queue/shop.ts';

type Answer = Partial<Pick<SendMessageBatchCommandOutput, 'Successful' | 'Failed'>>;
const said = (...ids: (string | undefined)[]) => ids.map((Id) => ({ Id })) as never;

it.each<[what: string, first: Answer, again: number[]]>([
  ['does not mention', { Successful: said('0', '2') }, [1]],
  ['has another twice in place of', { Successful: said('0', '2', '2') }, [1]],
  ['has an unknown one in place of', { Successful: said('0', '2'), Failed: said('7') }, [1]],
  ['has one without an id in place of', { Successful: said('0', '2', undefined, '') }, [1]],
  ['has none at all but', {}, [0, 1, 2]],
])('An entry that the answer %s is sent again, and no other.', async (_, first, again) => {
  await using server = await SqsServer.start();
  const { url: queueUrl } = server.createQueue('orders');
  const client = server.client();
  let isFirst = true;
  // Changes the first answer, as a proxy or a strange server may.
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (isFirst) Object.assign(result.output, { Successful: [], Failed: [] }, first);
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
  expect(batches).toEqual([[0, 1, 2], again]);
});
