import type { ClientConfig, SubscriberOptions, Topic } from '@google-cloud/pubsub';
import { describe, expect, it } from 'vitest';
import { CASES } from './pubsub/conformance/cases.ts';
import { Driver, numbers } from './pubsub/conformance/driver.ts';
import { PubsubServer } from './pubsub.ts';
import { pause, until } from '../setup/async.ts';

describe.concurrent('The server of these tests', () => {
  it.for(CASES)('$name', async ({ run }) => {
    await using server = await PubsubServer.start();
    await using driver = new Driver(server.client());
    await run(driver);
  });
});

describe.concurrent('A fault on demand', () => {
  async function set(config?: ClientConfig) {
    const server = await PubsubServer.start();
    const subscription = server.subscribe('orders', 'worker');
    const client = server.client(config);
    const driver = new Driver(client);
    const topic = client.topic('orders');
    const listen = (onText: (text: string) => unknown, options?: SubscriberOptions) =>
      driver.listen(
        client.subscription('worker'),
        (message) => {
          onText(String(message.data));
          message.ack();
        },
        options,
      );
    const texts = (action: string) =>
      server.log.filter((entry) => entry.action === action).map(({ data }) => data);
    const end = async () => {
      await driver[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    };
    return { server, subscription, driver, topic, listen, texts, [Symbol.asyncDispose]: end };
  }

  /** Publishes without the retries of the client. */
  function once(topic: Topic, text: string, timeout = 5000): Promise<string> {
    topic.setPublishOptions({ batching: { maxMessages: 1 }, gaxOpts: { retry: null, timeout } });
    return topic.publishMessage({ data: Buffer.from(text) });
  }

  it.for([
    ['UNAVAILABLE', 14],
    ['DEADLINE_EXCEEDED', 4],
    ['NOT_FOUND', 5],
    ['PERMISSION_DENIED', 7],
    ['RESOURCE_EXHAUSTED', 8],
    ['INTERNAL', 13],
  ] as const)('A request can be answered by %s, and is not accepted.', async ([fault, code]) => {
    await using stage = await set();
    stage.server.faults.failNext('publish', fault, 2);
    for (const text of ['a', 'b']) await expect(once(stage.topic, text)).rejects.toMatchObject({ code });
    await once(stage.topic, 'c');
    expect(stage.texts('publish')).toEqual(['c']);
  });

  it('Requests can fail by what they contain.', async () => {
    await using stage = await set();
    const undo = stage.server.faults.failRequests(({ input: { messages = [] } }) =>
      messages.some(({ data }) => String(data) === 'bad') ? 'PERMISSION_DENIED' : undefined,
    );
    await once(stage.topic, 'good');
    await expect(once(stage.topic, 'bad')).rejects.toMatchObject({ code: 7 });
    undo();
    await once(stage.topic, 'bad');
    expect(stage.texts('publish')).toEqual(['good', 'bad']);
  });

  it.for([
    ['lose response', 14, ['x']],
    ['never answer', 4, ['x']],
    ['drop before', 14, []],
    ['drop after', 14, ['x']],
  ] as const)('A response can be lost: %s.', async ([fault, code, accepted]) => {
    await using stage = await set();
    stage.server.faults.failNext('publish', fault);
    await expect(once(stage.topic, 'x', 200)).rejects.toMatchObject({ code });
    expect(stage.texts('publish')).toEqual(accepted);
  });

  it('A request is held until told; if its client gives up, it is not accepted.', async () => {
    await using stage = await set();
    const release = stage.server.faults.hold(({ operation }) => operation === 'publish');
    await expect(once(stage.topic, 'a', 50)).rejects.toMatchObject({ code: 4 });
    const held = once(stage.topic, 'b');
    await pause(30);
    expect(stage.texts('publish')).toEqual([]);
    release();
    await held;
    expect(stage.texts('publish')).toEqual(['b']);
  });

  it('An answer is held until told, and its request is accepted.', async () => {
    await using stage = await set();
    const release = stage.server.faults.holdAnswers(({ operation }) => operation === 'publish');
    let isAnswered = false;
    const sent = once(stage.topic, 'x').then(() => (isAnswered = true));
    await until(() => stage.texts('publish').length > 0);
    await pause(30);
    expect(isAnswered).toBe(false);
    release();
    await sent;
  });

  it('Nobody answers during a pause, and afterwards everything is as it was.', async () => {
    await using stage = await set();
    const received: string[] = [];
    stage.listen((text) => received.push(text));
    await once(stage.topic, 'a');
    await until(() => stage.texts('ack').length === 1);
    const resume = stage.server.faults.pause();
    stage.server.publish('orders', 'b');
    let isAnswered = false;
    const sent = once(stage.topic, 'c').then(() => (isAnswered = true));
    await pause(50);
    expect([isAnswered, received]).toEqual([false, ['a']]);
    resume();
    await sent;
    await until(() => received.length === 3);
    expect(received).toEqual(['a', 'b', 'c']);
  });

  it('A server that has gone away refuses connections, and comes back with its messages.', async () => {
    await using stage = await set();
    await once(stage.topic, 'a');
    await stage.server.goAway();
    await expect(once(stage.topic, 'b', 200)).rejects.toMatchObject({ code: 14 });
    const received: string[] = [];
    stage.listen((text) => received.push(text));
    await pause(20);
    await stage.server.comeBack();
    await until(() => received.length === 1);
    expect(received).toEqual(['a']);
  });

  it('A stream that can not be opened, or is ended, is opened again by the client.', async () => {
    await using stage = await set();
    stage.server.faults.failNext('streamingPull', 'UNAVAILABLE', 2);
    const received: string[] = [];
    stage.listen((text) => received.push(text), { streamingOptions: { maxStreams: 1 } });
    await until(() => stage.server.streams === 1);
    stage.server.endStreams();
    await until(
      () => stage.server.requests.filter(({ operation }) => operation === 'streamingPull').length === 4,
    );
    await once(stage.topic, 'x');
    await until(() => received.length === 1);
  });

  it('An ack can be lost: the message comes again though the client was told that all is well.', async () => {
    await using stage = await set();
    const undo = stage.server.faults.failAcks((_, operation) =>
      operation === 'ack' ? 'transient' : undefined,
    );
    const received: string[] = [];
    stage.listen((text) => received.push(text));
    await once(stage.topic, 'x');
    await until(() => stage.texts('lost').length === 1);
    undo();
    stage.subscription.expire();
    await until(() => stage.texts('ack').length === 1);
    expect(received).toEqual(['x', 'x']);
  });

  it('With exactly-once delivery, the client hears of a failed ack, or sends it again.', async () => {
    await using stage = await set();
    stage.server.subscribe('orders', 'exact', { enableExactlyOnceDelivery: true });
    const faults = { a: 'permanent', b: 'transient' } as const;
    const undo = stage.server.faults.failAcks(({ data }, operation) =>
      operation === 'ack' ? faults[String(data) as 'a' | 'b'] : undefined,
    );
    const answers: Record<string, unknown> = {};
    const subscription = stage.driver.client.subscription('exact');
    stage.driver.listen(subscription, async (message) => {
      const answer: unknown = await message.ackWithResponse().catch((error: unknown) => error);
      answers[String(message.data)] = answer;
    });
    await once(stage.topic, 'a');
    await until(() => 'a' in answers);
    expect(answers).toMatchObject({ a: { errorCode: 'INVALID' } });
    await once(stage.topic, 'b');
    await until(() => stage.texts('lost').length === 2);
    undo();
    await until(() => 'b' in answers);
    expect(answers['b']).toBe('SUCCESS');
  });

  it('A lease can be ended before its time, and its ack is then too late.', async () => {
    await using stage = await set();
    const { pull, acknowledge } = await stage.driver.puller(stage.driver.client.subscription('worker'));
    await once(stage.topic, 'x');
    const [message] = await pull();
    stage.subscription.expire();
    await acknowledge(message!.ackId);
    expect(await pull()).toMatchObject([{ text: 'x' }]);
    const actions = stage.server.log.map(({ action }) => action).join(', ');
    expect(actions).toBe('publish, deliver, expire, late, deliver');
  });

  it('A permission can be denied, and is then missing from those that are asked for.', async () => {
    await using stage = await set();
    stage.server.state.denied.add('pubsub.topics.publish');
    const [permissions] = await stage.topic.iam.testPermissions(['pubsub.topics.publish']);
    expect(permissions).toEqual({ 'pubsub.topics.publish': false });
  });

  it('Deadlines below 10 s are taken by a server that was told so.', async () => {
    await using stage = await set();
    stage.server.state.lowestDeadline = 1;
    const first = { streamAckDeadlineSeconds: 1 };
    const { received } = await stage.driver.stream(stage.driver.client.subscription('worker'), first);
    await once(stage.topic, 'x');
    await until(() => received().length === 2);
    expect(stage.texts('expire')).toEqual(['x']);
  });

  it('Streams with room share the messages, whatever their number.', async () => {
    await using stage = await set();
    await Promise.all(numbers(4).map(() => stage.driver.stream(stage.driver.client.subscription('worker'))));
    await until(() => stage.server.streams === 4);
    await stage.driver.publish(stage.topic, numbers(40));
    await until(() => stage.texts('deliver').length === 40);
    const receivers = stage.server.log.flatMap(({ receiver }) => receiver ?? []);
    const counts = [1, 2, 3, 4].map((id) => receivers.filter((receiver) => receiver === id).length);
    expect(counts).toEqual([10, 10, 10, 10]);
  });

  it('The log tells what happened to each message, in order.', async () => {
    await using stage = await set();
    const { pull, acknowledge, modify } = await stage.driver.puller(
      stage.driver.client.subscription('worker'),
    );
    const messageId = await stage.topic.publishMessage({ data: Buffer.from('x'), orderingKey: 'k' });
    const [first] = await pull();
    await modify(first!.ackId, 20);
    await modify(first!.ackId, 0);
    const [second] = await pull();
    await acknowledge(second!.ackId);
    expect(stage.server.log).toMatchObject([
      { action: 'publish', messageId, topic: 'orders', data: 'x', orderingKey: 'k' },
      { action: 'deliver', messageId, subscription: 'worker', seconds: 10, attempt: 1, receiver: 1 },
      { action: 'extend', seconds: 20, ackId: first!.ackId },
      { action: 'nack', ackId: first!.ackId },
      { action: 'deliver', attempt: 2, ackId: second!.ackId },
      { action: 'ack', messageId, ackId: second!.ackId },
    ]);
    expect(stage.subscription.counts).toEqual({ waiting: 0, out: 0 });
  });
});
