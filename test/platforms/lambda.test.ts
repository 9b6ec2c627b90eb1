import { describe, expect, test } from 'vitest';
import { FORMATS, HANDLERS, lambdaClients, startLambda } from './lambda.ts';

const CASES = HANDLERS.flatMap((handler) => FORMATS.map((format) => ({ handler, format })));

describe.each(CASES)('on AWS Lambda, $handler, for API Gateway $format', ({ handler, format }) => {
  test('each invocation has its events handled before it ends, and nothing runs after it', async () => {
    await using environment = await startLambda();
    const client = lambdaClients(environment, handler, format).client();
    const batch = lambdaClients(environment, handler, format).client('httpBatchLink');
    await client.plain.mutate({ id: 'plain' });
    await client.plain.mutate({ id: 'chain', chain: 2 });
    await client.nothing.mutate({ id: 'nothing' });
    await expect(client.fail.mutate({ id: 'fail' })).rejects.toThrow('no');
    await client.nested.mutate({ id: 'nested' });
    const answers = await Promise.allSettled([
      batch.plain.mutate({ id: 'a' }),
      batch.fail.mutate({ id: 'b' }),
      batch.slow.mutate({ id: 'c' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await client.plain.mutate({ id: 'refused' });
    await client.plain.mutate({ id: 'last' });
    expect(await environment.end()).toBe(0);
    expect(environment.invocations()).toEqual([
      ['plain'],
      ['chain', 'chain>', 'chain>>'],
      [],
      ['fail failed'],
      ['nested outer', 'nested inner'],
      expect.toSatisfy((ids: string[]) => ids.toSorted().join() === 'a,b failed,c'),
      [expect.stringMatching(/^problem LISTENER_FAILED: The listener "recorder" failed on "step": .*no/)],
      ['last'],
      [],
    ]);
    expect(environment.printed).toEqual([]);
  }, 60_000);

  test('a dispatch after the invocation has ended is reported', async () => {
    await using environment = await startLambda();
    const client = lambdaClients(environment, handler, format).client();
    await client.leave.mutate({ id: 'late' });
    expect(await environment.end()).toBe(0);
    expect(environment.invocations()).toEqual([
      [expect.stringContaining('left behind')],
      [
        expect.stringMatching(/^problem LATE_DISPATCH: "step" was dispatched after its call had ended/),
        'late',
      ],
    ]);
  }, 60_000);
});

test.each(FORMATS)(
  'a streamed answer for API Gateway %s ends only when its events have been handled',
  async (format) => {
    await using environment = await startLambda();
    const clients = lambdaClients(environment, 'streaming', format);
    const rows = [];
    for await (const row of await clients.client('httpBatchStreamLink').parts.query({ id: 'parts' }))
      rows.push(row);
    await new Promise<void>((resolve, reject) => {
      clients
        .client()
        .watch.subscribe(
          { id: 'watch' },
          { onData: (row) => rows.push(row), onComplete: resolve, onError: reject },
        );
    });
    expect(rows).toEqual([0, 1, 2, 0, 1, 2]);
    expect(await environment.end()).toBe(0);
    expect(environment.invocations()).toEqual([
      ['parts row 0', 'parts row 1', 'parts row 2', 'parts end'],
      ['watch row 0', 'watch row 1', 'watch row 2', 'watch end'],
      [],
    ]);
    expect(environment.printed).toEqual([]);
  },
  60_000,
);

test('events that a scheduled invocation publishes are handled before it ends, with everything they chain', async () => {
  await using environment = await startLambda();
  await environment.invoke({ kind: 'scheduled', event: { id: 'tick', chain: 2 } });
  await environment.invoke({ kind: 'scheduled', event: { id: 'tock', chain: 0 } });
  expect(await environment.end()).toBe(0);
  expect(environment.invocations()).toEqual([['tick', 'tick>', 'tick>>'], ['tock'], []]);
}, 60_000);

test('a process that can’t tell where it runs loses its events, so this environment does notice a loss', async () => {
  await using environment = await startLambda({ AWS_LAMBDA_FUNCTION_NAME: '' });
  const client = lambdaClients(environment, 'buffered', '2.0').client();
  await client.plain.mutate({ id: 'first' });
  await client.plain.mutate({ id: 'second' });
  expect(environment.invocations()[0]).not.toContain('first');
  expect(environment.invocations()[1]).not.toContain('second');
}, 60_000);
