import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { defineEvents, initEvents } from 'trpc-events';
import { createInspector } from 'trpc-events/inspector';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('Where the page is served, and what it is of', () => {
  const stage = openStage();

  test('Below a path of the application, behind its own log-in, it needs no token.', async () => {
    const inspector = createInspector({ process: 'mounted', authorize: () => true, actions: true });
    const e = initEvents.create(defineEvents({ 'mail.sent': z.object({ to: z.string() }) }));
    await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
    const server = createServer(getRequestListener(inspector.handler));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await bus.publish('mail.sent', { to: 'ada' });
    for (const path of ['/inspector', '/inspector/']) {
      await using reader = await Reader.open(stage.browser, `http://127.0.0.1:${port}${path}`);
      await reader.isLive();
      await reader.calls.filter({ hasText: 'publish' }).first().click();
      await reader.row('mail.sent').getByText('nobody takes it').waitFor();
      await reader.row('mail.sent').click();
      await reader.page.getByRole('tree', { name: 'Payload' }).getByText('"ada"').waitFor();
      expect(reader.complaints).toEqual([]);
    }
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('The work of a worker stands below the event that was sent to it, in one timeline.', async () => {
    await using worker = await stage.app.startWorker();
    void worker;
    await using reader = await Reader.open(stage.browser, stage.app.url);
    await reader.isLive();
    await reader.choose('orders.place', () => stage.app.client.orders.place.mutate({ id: 'o-1' }));
    await reader.row('ship').waitFor();
    expect((await reader.lines()).map((line) => line.replace(/[\d.]+ m?s (?=in)/, '… '))).toEqual([
      '1 orders.place: succeeded',
      '2 order.placed: 2 of 2 handled',
      '3 reserveStock: handled',
      '3 orders: sent to orders',
      '3 order.placed: from orders, … in the queue',
      expect.stringMatching(/^4 ship\s\(worker \d+\): handled$/),
    ]);
    await reader.page
      .getByText(/^worker \d+$/)
      .first()
      .waitFor();
    await reader.row('from orders').or(reader.rows.nth(4)).first().click();
    await reader.tab('Queue');
    await reader.detail.getByText('number 1').waitFor();
    expect(reader.complaints).toEqual([]);
  });

  test('A wait of seconds is folded, and says its length.', async () => {
    await using reader = await Reader.open(stage.browser, stage.app.url);
    await reader.isLive();
    await reader.choose('orders.retried', () => stage.app.client.orders.retried.mutate());
    await reader
      .row('callBack')
      .getByText(/attempt 2 of 2 in \d/)
      .waitFor();
    await reader.row('callBack').getByText('gave up after 2 attempts').waitFor();
    await reader.page.getByText(/^\/\/ \d\.\d s$/).waitFor();
    await reader.screenshot('fold');
  });

  test('With more than 60 events the lists filter each other, without lines; two buses are numbered.', async () => {
    const names = Array.from({ length: 70 }, (_, i) => `event.n${i}`);
    const e = initEvents.create(defineEvents(Object.fromEntries(names.map((name) => [name, z.object({})]))));
    const inspector = createInspector({ process: 'many events' });
    const router = e.router();
    for (const name of names) router.on(name as 'event.n1', () => {}, { name: `on ${name}` });
    router.on('event.*', () => {});
    await using bus = e.bus({ handlers: [router], observers: [inspector] });
    await using other = initEvents.create(defineEvents({})).bus({ handlers: [], observers: [inspector] });
    void [bus, other];
    await using server = await inspector.listen({ port: 0 });
    await using reader = await Reader.open(stage.browser, `${server.url}&view=wiring`);
    await reader.page.getByRole('heading', { name: 'Bus 2' }).waitFor();
    await reader.page.getByText('The catalog has no events.').waitFor();
    const bus1 = reader.page.getByRole('region', { name: 'Bus 1' });
    expect(await bus1.locator('svg path[data-chosen]').count()).toBe(0);
    expect(await bus1.getByRole('listitem').count()).toBe(71);
    await bus1.getByRole('option', { name: 'event.n7', exact: true }).click();
    expect(await bus1.getByRole('list').getByRole('button').allInnerTexts()).toEqual([
      'Show all',
      'on event.n7',
      'event.*',
    ]);
    await bus1.getByRole('button', { name: 'Show all' }).click();
    await bus1.getByRole('button', { name: 'on event.n9' }).click();
    expect(await bus1.getByRole('option').allInnerTexts()).toEqual(['event.n9']);
    expect(reader.complaints).toEqual([]);
  });
});
