/** One trace through two processes: a request over HTTP, past its response, through a queue, into a worker. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { SqsServer } from '../servers/sqs.ts';
import type { Given, Told } from './processes/app.ts';
import type { SpanRecord } from './sdk.ts';
import { linksOf, only, treeOf } from './stage.ts';

const here = join(import.meta.dirname, 'processes');
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** Starts a process. `stderr` collects what it writes there. */
function start(
  file: string,
  given: Given,
  { execArgv, env }: { execArgv: string[]; env: NodeJS.ProcessEnv },
) {
  const child = fork(join(here, file), [JSON.stringify(given)], {
    execArgv,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.add(child);
  const stderr: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => stderr.push(String(text)));
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  /** Returns the next message of the process. */
  const said = async <R>(): Promise<R> => {
    await vi.waitUntil(() => messages.length > 0 || child.exitCode !== null, { timeout: 20_000 });
    if (messages.length === 0) throw new Error(`${file} has ended: ${stderr.join('')}`);
    return messages.shift() as R;
  };
  return { child, stderr, said };
}

const preload = ['--import', join(here, 'use-sdk-2.ts')];

it.each([
  { stack: 'API 1.10 with SDK 3', execArgv: [], env: {} },
  { stack: 'API 1.9 with SDK 2', execArgv: preload, env: {} },
  { stack: 'API 1.10 with SDK 3, and our copy of the API 1.9', execArgv: preload, env: { OTEL_COPY: 'src' } },
])(
  'On $stack, each span of a request and of its worker is found, and below the right one.',
  { timeout: 60_000 },
  async (stack) => {
    await using server = await SqsServer.start();
    const queue = server.createQueue('orders');
    const given: Given = { endpoint: server.endpoint, queueUrl: queue.url };
    const worker = start('worker.ts', given, stack);
    expect(await worker.said()).toBe('up');
    const web = start('web.ts', given, stack);
    const port = await web.said<number>();
    const response = await fetch(`http://127.0.0.1:${port}/checkout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toEqual({ result: { data: 'thanks' } });
    expect(await worker.said()).toBe('shipped');
    const [webTold, workerTold] = await Promise.all(
      [web, worker].map(({ child, said }) => {
        child.send('stop');
        return said<Told>();
      }),
    );
    expect([...web.stderr, ...worker.stderr]).toEqual([]);
    checkWeb(webTold!);
    checkWorker(workerTold!, webTold!);
  },
);

/** Returns true for a span of the HTTP instrumentation, which is named after the method. */
const isHttp = ({ name }: SpanRecord) => ['POST', 'GET'].includes(name);

function checkWeb({ spans, open, events }: Told): void {
  expect(open).toBe(0);
  expect(treeOf(spans)).toEqual([
    {
      POST: [
        { 'create order.placed': [{ 'sqs/orders order.placed': ['send orders'] }, 'sent order.placed'] },
        { 'create cart.emptied': ['forget-cart cart.emptied'] },
        { 'create mail.requested': ['mail mail.requested'] },
      ],
    },
  ]);
  // The request of the broker's client has no span of its own.
  expect(spans.filter(isHttp)).toHaveLength(1);
  expect(linksOf(spans, only(spans, 'send orders'))).toEqual(['create order.placed']);
  expect(only(spans, 'POST').kind).toBe('SERVER');
  expect(events.map(({ payload }) => payload)).toEqual(
    expect.arrayContaining([
      { id: 'order 1', items: ['tea', 'milk'] },
      { cart: 'cart 1' },
      { to: 'ada@example.com' },
    ]),
  );
}

function checkWorker({ spans, open, events }: Told, web: Told): void {
  expect(open).toBe(0);
  // The consumer's requests are traced. Only a send hides the requests of its client.
  expect(spans.filter(isHttp).map(({ kind }) => kind)).toContain('CLIENT');
  const own = spans.filter((span) => !isHttp(span));
  expect(treeOf(own)).toEqual([
    {
      'process order.placed': [
        { 'ship order.placed': [{ 'create order.shipped': ['notify order.shipped'] }] },
      ],
    },
  ]);
  const process = only(spans, 'process order.placed');
  expect(process.kind).toBe('CONSUMER');
  expect(process.parent).toBe(undefined);
  expect(linksOf(web.spans, process)).toEqual(['create order.placed']);
  expect(process.trace).not.toBe(only(web.spans, 'POST').trace);
  const sent = web.events.find(({ name }) => name === 'order.placed')!;
  const [placed, shipped] = events;
  expect(placed).toEqual({ ...sent, source: '/trpc-events' });
  expect(shipped).toMatchObject({ payload: { id: 'order 1' }, causationId: sent.id, correlationId: sent.id });
}
