import { SendMessageBatchCommand, SQSServiceException } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { Fauxqs } from './fauxqs.ts';
import { Driver, numbers } from './sqs/conformance/driver.ts';
import { QUEUES } from './sqs/conformance/queues.ts';
import { RECEIVING } from './sqs/conformance/receiving.ts';
import { SENDING } from './sqs/conformance/sending.ts';
import { SqsServer } from './sqs.ts';
import { pause } from '../setup/async.ts';

const CASES = [...SENDING, ...RECEIVING, ...QUEUES];

describe.concurrent('The server of these tests', () => {
  it.for(CASES)('$name', async ({ run }) => {
    await using server = await SqsServer.start();
    await run(new Driver(server.client()));
  });
});

describe('fauxqs, by another author', () => {
  for (const { name, fauxqs, run } of CASES) {
    it.skipIf(fauxqs !== undefined)(
      fauxqs === undefined ? name : `${name} (skipped: ${fauxqs})`,
      async () => {
        await using server = await Fauxqs.start();
        await run(new Driver(server.client()));
      },
    );
  }
});

describe('A fault on demand', () => {
  async function set() {
    const server = await SqsServer.start();
    const { url } = server.createQueue('orders');
    const driver = new Driver(server.client());
    const send = (count = 3) =>
      driver.sendBatch(
        url,
        numbers(count).map(() => ({})),
      );
    const sent = () => server.log.filter(({ action }) => action === 'send').map(({ body }) => body);
    return { server, url, driver, send, sent, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  it('Any subset of the entries of a batch can fail, by the fault of either side.', async () => {
    await using stage = await set();
    const undo = stage.server.faults.failEntries(({ Id }) =>
      Id === 'e0' ? 'transient' : Id === 'e2' ? 'final' : undefined,
    );
    const { Successful, Failed } = await stage.send();
    expect(Successful).toMatchObject([{ Id: 'e1' }]);
    expect(Failed).toMatchObject([
      { Id: 'e0', SenderFault: false, Code: 'InternalError' },
      { Id: 'e2', SenderFault: true },
    ]);
    expect(stage.sent()).toEqual(['b1']);
    undo();
    expect((await stage.send()).Successful).toHaveLength(3);
  });

  it.for([
    ['throttle', { name: 'ThrottlingException', $fault: 'client' }],
    ['error 500', { $fault: 'server' }],
    ['access denied', { name: 'AccessDenied' }],
  ] as const)('A request can be answered by: %s.', async ([fault, error]) => {
    await using stage = await set();
    stage.server.faults.failNext('SendMessageBatch', fault, 2);
    for (let i = 0; i < 2; i++) {
      const thrown: unknown = await stage.send().catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(SQSServiceException);
      expect(thrown).toMatchObject(error);
    }
    expect(stage.sent()).toEqual([]);
    expect((await stage.send()).Successful).toHaveLength(3);
  });

  it.for([
    ['drop before', 0],
    ['drop after', 3],
  ] as const)('A connection can be ended: %s the entries are accepted.', async ([fault, accepted]) => {
    await using stage = await set();
    stage.server.faults.failNext('SendMessageBatch', fault);
    await expect(stage.send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stage.sent()).toHaveLength(accepted);
  });

  it('Nobody answers during a pause, and afterwards everything is as it was.', async () => {
    await using stage = await set();
    await stage.send(1);
    const resume = stage.server.faults.pause();
    let isAnswered = false;
    const sent = stage.send(2).then(() => (isAnswered = true));
    await pause(30);
    expect(isAnswered).toBe(false);
    resume();
    await sent;
    expect(stage.sent()).toEqual(['b0', 'b0', 'b1']);
  });

  it('A server that has gone away refuses connections, and comes back with its messages.', async () => {
    await using stage = await set();
    await stage.send(1);
    await stage.server.goAway();
    await expect(stage.send(1)).rejects.toMatchObject({ code: expect.stringMatching(/ECONN/) });
    await stage.server.comeBack();
    await stage.send(1);
    expect(await stage.driver.receive(stage.url)).toHaveLength(2);
  });

  it('An entry is held, with its request, until told; if its client goes away, it is not accepted.', async () => {
    await using stage = await set();
    const release = stage.server.faults.hold(({ MessageBody }) => MessageBody === 'b1');
    const held = stage.send(2);
    await stage.send(1);
    expect(stage.sent()).toEqual(['b0']);
    release();
    await held;
    expect(stage.sent()).toEqual(['b0', 'b0', 'b1']);
    const again = stage.server.faults.hold(() => true);
    const Entries = [{ Id: 'a', MessageBody: 'aborted' }];
    const aborted = stage.driver.client.send(new SendMessageBatchCommand({ QueueUrl: stage.url, Entries }), {
      abortSignal: AbortSignal.timeout(30),
    });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    await pause(20);
    again();
    await stage.send(1);
    expect(stage.sent()).not.toContain('aborted');
  });

  it('The log tells what happened to each message, in order.', async () => {
    await using stage = await set();
    await stage.send(1);
    const message = await stage.driver.receiveOne(stage.url);
    await stage.driver.hide(stage.url, message, 60);
    await stage.driver.delete(stage.url, message.ReceiptHandle);
    const { MessageId: messageId } = message;
    expect(stage.server.log).toMatchObject([
      { action: 'send', messageId, queue: 'orders', body: 'b0' },
      { action: 'receive', messageId, seconds: 30 },
      { action: 'visibility', messageId, seconds: 60, handle: message.ReceiptHandle },
      { action: 'delete', messageId },
    ]);
  });
});
