/** The traces of the playground, as a collector gets them. No browser is needed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { OtlpReceiver, type ReceivedSpan } from '../servers/otlp.ts';
import { BROKERS } from './brokers.ts';
import { startShop, takePort, type ShopProcess, type Start } from './shop.ts';

/** Settings that make the SDK send spans and metrics soon. */
const SOON = {
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '300',
  OTEL_METRIC_EXPORT_TIMEOUT: '300',
};

async function placeOrder({ url }: ShopProcess): Promise<string> {
  const response = await fetch(`${url}/api/trpc/orders.place?batch=1`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-click': 'test' },
    body: JSON.stringify({ 0: { json: { item: 'tea', quantity: 1 } } }),
  });
  return response.text();
}

/** Starts a shop, which is killed if the test fails before it is stopped. */
async function open(how: Start): Promise<ShopProcess> {
  const shop = await startShop(how);
  onTestFinished(async () => void (await shop.stop('SIGTERM')));
  return shop;
}

/** Returns a function that finds the only span of a service with a given name, and throws if there isn't exactly one. */
function finder(spans: readonly ReceivedSpan[]) {
  return (service: string, name: string): ReceivedSpan => {
    const found = spans.filter((span) => span.service === service && span.name === name);
    if (found.length !== 1) throw new Error(`${found.length} spans of ${service} are named ${name}.`);
    return found[0]!;
  };
}

describe('the traces of the playground', { timeout: 240_000 }, () => {
  it.each(BROKERS)('lead through web process and worker, on $name', async ({ args, forwarder, replies }) => {
    await using receiver = await OtlpReceiver.start();
    const variables = { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
    const shop = await open({ args: ['--port', '0', ...args], variables });
    expect(shop.printed()).toContain(`Traces and metrics go to ${receiver.endpoint}\n`);
    expect(await placeOrder(shop)).toMatch(/"id":"order-\d+"/);
    const last = (): ReceivedSpan | undefined =>
      receiver.spans.find(({ name }) => name === 'process order.packed');
    await expect.poll(last, { timeout: 20_000 }).toBeDefined();
    const measured = () => [...(receiver.metrics.get('shop-worker') ?? [])];
    await expect.poll(measured, { timeout: 20_000 }).toContain('messaging.client.consumed.messages');
    expect(await shop.stop('SIGTERM')).toEqual({ code: 0, errors: '' });

    const span = finder(receiver.spans);
    const [system, queue] = forwarder.split('/') as [string, string];
    const back = `${system}/${replies}`;
    const [created, send, sent] = [
      span('shop', 'create order.placed'),
      span('shop', `${forwarder} order.placed`),
      span('shop', `send ${queue}`),
    ];
    const [taken, packed, replied, sendBack, sentBack] = [
      span('shop-worker', 'process order.placed'),
      span('shop-worker', 'packParcel order.placed'),
      span('shop-worker', 'create order.packed'),
      span('shop-worker', `${back} order.packed`),
      span('shop-worker', `send ${replies}`),
    ];
    const [received, noted] = [span('shop', 'process order.packed'), span('shop', 'noteParcel order.packed')];

    // Next.js makes the span of the request.
    const inRequest = receiver.spans.filter(({ trace }) => trace === created.trace);
    const request = inRequest.find(({ parent }) => parent === undefined);
    expect(request).toMatchObject({ service: 'shop', name: 'POST /api/trpc/[trpc]', kind: 'SERVER' });
    expect(inRequest.find(({ id }) => id === created.parent)?.name).toMatch(/^executing api route/);
    const own = [created, send, sent, taken, packed, replied, sendBack, sentBack, received, noted];
    expect(own.map(({ kind, parent, links }) => ({ kind, parent, links }))).toEqual([
      { kind: 'PRODUCER', parent: created.parent, links: [] },
      { kind: 'INTERNAL', parent: created.id, links: [] },
      { kind: 'CLIENT', parent: send.id, links: [created.id] },
      { kind: 'CONSUMER', parent: undefined, links: [created.id] },
      { kind: 'INTERNAL', parent: taken.id, links: [] },
      { kind: 'PRODUCER', parent: packed.id, links: [] },
      { kind: 'INTERNAL', parent: replied.id, links: [] },
      { kind: 'CLIENT', parent: sendBack.id, links: [replied.id] },
      { kind: 'CONSUMER', parent: undefined, links: [replied.id] },
      { kind: 'INTERNAL', parent: received.id, links: [] },
    ]);
    const traces = own.map(({ trace }) => trace);
    const [first, second, third] = [created.trace, taken.trace, received.trace];
    expect(new Set([first, second, third]).size).toBe(3);
    expect(traces).toEqual([first, first, first, second, second, second, second, second, third, third]);
    // The two traces without the request have only the seven spans above.
    const theirs = receiver.spans.filter(({ trace }) => trace === second || trace === third);
    expect(theirs).toHaveLength(7);
    expect(new Set(own.map(({ attributes }) => attributes['messaging.message.conversation_id'])).size).toBe(
      1,
    );
    expect(receiver.metrics.get('shop')).toContain('trpc_events.dispatched');
    expect(receiver.others).toEqual([]);
  });

  it('cost nothing if nobody answers', async () => {
    await using port = await takePort();
    const variables = { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port.port}` };
    const shop = await open({ variables });
    expect(await placeOrder(shop)).toMatch(/"id":"order-\d+"/);
    await expect.poll(() => shop.printed(), { timeout: 20_000 }).toContain('packParcel: done');
    const start = performance.now();
    expect(await shop.stop('SIGTERM')).toEqual({ code: 0, errors: '' });
    expect(performance.now() - start).toBeLessThan(7000); // after that time, the shop would kill its worker
  });

  it('are made by code that is not even loaded without OTEL_EXPORTER_OTLP_ENDPOINT', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trpc-events-modules-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const preload = join(import.meta.dirname, 'module-log.ts');
    /** Returns the packages of OpenTelemetry that the processes of a shop have loaded, by the name of their script. */
    async function loaded(name: string, variables: Readonly<Record<string, string>>) {
      const MODULE_LOG = join(folder, name);
      const shop = await open({
        variables: { ...variables, MODULE_LOG, NODE_OPTIONS: `--import ${preload}` },
      });
      await placeOrder(shop);
      await expect.poll(() => shop.printed(), { timeout: 20_000 }).toContain('packParcel: done');
      await shop.stop('SIGTERM');
      const by: Record<string, Set<string>> = { next: new Set(), 'worker.ts': new Set() };
      for (const line of readFileSync(MODULE_LOG, 'utf8').trim().split('\n')) {
        const [, script = '', url = ''] = /([^/]+) (\S+)$/.exec(line)!;
        const [, module] = /\/(@opentelemetry\/[\w-]+)\/|\/dist\/(otel)\.\w+$/.exec(url) ?? [];
        if (module !== undefined) by[script]?.add(module);
      }
      return by;
    }
    await using receiver = await OtlpReceiver.start();
    const withIt = await loaded('with', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
    expect([...withIt['next']!]).toContain('@opentelemetry/sdk-node');
    expect([...withIt['worker.ts']!]).toContain('@opentelemetry/sdk-node');
    const without = await loaded('without', {});
    expect([...without['worker.ts']!]).toEqual([]);
    // Next.js itself loads the API, if there is one.
    expect([...without['next']!]).toEqual(['@opentelemetry/api']);
  });
});
