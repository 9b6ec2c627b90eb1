import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { initTRPC } from '@trpc/server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from 'trpc-events';
import { createInspector } from 'trpc-events/inspector';
import { expectConsole } from '../../setup/console.ts';
import { hasChromium } from '../chromium.ts';
import { openBrowser } from '../visitor.ts';
import { Reader } from './reader.ts';

const MARKUP = '<img src=//evil.example/x onerror=alert(1)><script src=//evil.example></script>';
const NASTY = `${MARKUP}\u001B[31m\u202E\u0000`;
/** The text that the page shows for `NASTY`. */
const SHOWN = `${MARKUP}\\u001b[31m\\u202e\\u0000`;
const LONG = 'y'.repeat(1024 * 1024);
/** The first two keys are redacted because of their names, and the last one because the options name it. */
const SECRETS = { password: 'pa-s-4711', apiKey: 'ke-y-4712', iban: 'ib-an-4713' };

const e = initEvents.create(
  defineEvents({
    'anything.seen': unchecked<unknown>(),
    'account.opened': z.object({ password: z.string(), apiKey: z.string(), iban: z.string() }),
  }),
);

/** Serves an inspector, and records all bytes that the server sends. */
async function startRecorded(process: string) {
  const inspector = createInspector({
    process,
    authorize: () => true,
    actions: true,
    redact: { 'account.*': ['iban'] },
  });
  const sent: string[] = [];
  const server = createServer(
    getRequestListener(async (request) => {
      const response = await inspector.handler(request);
      const decoder = new TextDecoder();
      const recorded = response.body?.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            sent.push(decoder.decode(chunk, { stream: true }));
            controller.enqueue(chunk);
          },
        }),
      );
      return new Response(recorded ?? null, response);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    inspector,
    url: `http://127.0.0.1:${port}/inspector`,
    sent: () => sent.join(''),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.skipIf(!hasChromium)('Hostile texts', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await openBrowser()));
  beforeEach(() => void expectConsole());
  afterAll(() => browser?.close());

  test('Paths, listeners, errors, metas and destinations of markup and escapes are shown as text, and nothing is fetched.', async () => {
    await using served = await startRecorded('hostile');
    const handlers = e.router().on(
      'anything.seen',
      () => {
        throw Object.assign(new Error(NASTY, { cause: new Error(NASTY) }), { code: NASTY });
      },
      { name: NASTY },
    );
    await using bus = e.bus({ handlers: [handlers], observers: [served.inspector], onError: () => {} });
    const t = initTRPC.create();
    const procedure = t.procedure
      .use(bus.middleware())
      .mutation(({ ctx }) => ctx.dispatch('anything.seen', { [NASTY]: NASTY }));
    const caller = t.createCallerFactory(t.router({ [NASTY]: procedure }))({});
    await caller[NASTY]();
    await bus.publish('anything.seen', NASTY, { key: NASTY, meta: { [NASTY]: NASTY } });
    await bus.deliver(
      { id: 'e-1', name: 'anything.seen', payload: NASTY, time: new Date() },
      { from: { system: NASTY, destination: NASTY } },
    );
    await bus.drain();

    await using reader = await Reader.open(browser, served.url);
    await reader.isLive();
    const { page } = reader;
    const shown = (place: Reader['detail']) => place.getByText(SHOWN).first().waitFor();
    await reader.calls.filter({ hasText: SHOWN }).first().click();
    await shown(page.getByRole('heading', { level: 2 })); // the path
    await reader.row(SHOWN).waitFor();
    await reader.rows.last().click(); // the listener
    for (const tab of ['Error', 'Payload']) {
      await reader.tab(tab);
      await shown(page.getByRole('tabpanel'));
    }
    await reader.calls.filter({ hasText: 'publish' }).first().click();
    await reader.row('anything.seen').click();
    await reader.tab('Meta and ids');
    await shown(page.getByRole('tree', { name: 'Meta' }));
    await reader.calls.filter({ hasText: '↘ anything.seen' }).first().click();
    await shown(reader.rows.filter({ hasText: 'from' }));
    await reader.screenshot('hostile');
    await page.getByRole('link', { name: 'Wiring' }).click();
    await shown(page.getByRole('listitem'));
    expect(await page.locator('img, iframe, script:not([src$="page.js"])').count()).toBe(0);
    const text = await page.evaluate<string>('document.documentElement.innerText');
    for (const sign of ['\u202E', '\u0000', '\u001B']) expect(text).not.toContain(sign);
    // The complaints would include everything that the policy refused, and requests to other hosts.
    expect(reader.complaints).toEqual([]);
  });

  test('A payload of 1 MB opens cut, and texts of 1 MB elsewhere leave the page as it is.', async () => {
    await using served = await startRecorded('long');
    const fail = () => {
      throw new Error(LONG);
    };
    const handlers = e.router().on('anything.seen', fail, { name: `n${LONG}` });
    await using bus = e.bus({ handlers: [handlers], observers: [served.inspector], onError: () => {} });
    await bus.publish('anything.seen', LONG, { meta: { LONG } });
    await bus.drain();
    await using reader = await Reader.open(browser, served.url);
    await reader.isLive();
    await reader.calls.first().click();
    await reader.row('anything.seen').click();
    await reader.tab('Payload');
    await reader.detail.getByText('Cut at 64 KiB of 1.0 MB.').waitFor();
    await reader.page.getByRole('button', { name: /^show all [\d,]+ signs$/ }).click();
    await reader.page.getByText(/cut here, of 1,048,576 signs/).waitFor();
    expect(await reader.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await reader.rows.last().click();
    await reader.page.getByRole('tabpanel').waitFor();
    expect(reader.complaints).toEqual([]);
    await reader.screenshot('long');
  });

  test('A getter that throws is named at its place.', async () => {
    await using served = await startRecorded('getters');
    await using bus = e.bus({ handlers: [], observers: [served.inspector], unhandled: 'ignore' });
    class Cat {
      name = 'Tom';
    }
    const cat = Object.defineProperty(new Cat(), 'age', {
      enumerable: true,
      get: () => {
        throw new Error(MARKUP);
      },
    });
    await bus.publish('anything.seen', { cat });
    await using reader = await Reader.open(browser, served.url);
    await reader.isLive();
    await reader.calls.first().click();
    await reader.row('anything.seen').click();
    await reader.page
      .getByRole('tree', { name: 'Payload' })
      .getByText(`It could not be read: a getter threw Error: ${MARKUP}`)
      .waitFor();
    expect(reader.complaints).toEqual([]);
  });

  test('Values that are redacted are in no byte that the page gets, whatever is looked at, searched or copied.', async () => {
    await using served = await startRecorded('secrets');
    const fail = ({ event }: { event: { payload: unknown } }) => {
      throw new Error(`no ${JSON.stringify(event.payload)}`);
    };
    const handlers = e.router().on('account.opened', fail, { name: 'open' });
    await using bus = e.bus({ handlers: [handlers], observers: [served.inspector], onError: () => {} });
    await using reader = await Reader.open(browser, served.url);
    await reader.isLive();
    await bus.publish('account.opened', SECRETS, { key: SECRETS.password, meta: { token: SECRETS.apiKey } });
    await bus.drain();
    await reader.calls.first().click();
    await reader.row('open').click();
    for (const tab of ['Error', 'Payload', 'Meta and ids']) {
      await reader.tab(tab);
      await reader.page.getByRole('tabpanel').getByText('redacted').first().waitFor();
    }
    await reader.filter.fill(`payload:${SECRETS.iban}`);
    await reader.page
      .getByText(/^(None of|The one call)/)
      .first()
      .waitFor();
    await reader.page.getByRole('button', { name: 'Clear the filter' }).click();
    await reader.press('g', 'w');
    await reader.page.getByRole('heading', { name: 'Events and who takes them' }).waitFor();
    const bytes = served.sent();
    expect(bytes).toContain('account.opened');
    expect(bytes).toContain('gaveUp');
    for (const secret of Object.values(SECRETS)) expect(bytes).not.toContain(secret);
  });
});
