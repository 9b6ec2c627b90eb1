/**
 * `npm run screenshots` makes the pictures of the docs, `docs/images/`, from the page of the inspector with real traffic,
 * light and dark. It needs `npm run build` first, and Debian's Chromium (`apt-get install chromium-headless-shell`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startApp, type App } from '../test/browser/inspector/app.ts';
import { openBrowser } from '../test/browser/visitor.ts';
import { withPalette } from './screenshots/palette.ts';

const FOLDER = join(import.meta.dirname, '../docs/images');
/** The screen of the pictures, with twice as many pixels for displays that have them. */
const SCREEN = { viewport: { width: 1280, height: 500 }, deviceScaleFactor: 2 };
const SCHEMES = ['light', 'dark'] as const;
/** The size limit of a picture, because readers of the README load it each time. */
const MOST_BYTES = 150 * 1000;

/** The pictures by name, and how a reader gets to what they show. */
const PICTURES: Record<string, (page: Page) => Promise<void>> = {
  async 'inspector-call'(page) {
    await choose(page, 'users.signUp', 1);
    await row(page, 'user.created').click();
    await page.getByRole('tree', { name: 'Payload' }).getByText('"Grace"').waitFor();
  },
  async 'inspector-failure'(page) {
    await choose(page, 'orders.pay');
    await row(page, 'chargeCard').click();
    await page.getByRole('tab', { name: 'Attempts' }).click();
  },
  async 'inspector-worker'(page) {
    await choose(page, 'orders.place');
    await row(page, 'ship').click();
  },
  async 'inspector-wiring'(page) {
    await page.getByRole('link', { name: 'Wiring' }).click();
    await page.locator('[id$="user.created"]').click();
    await page.getByRole('tree', { name: 'Schema' }).waitFor();
  },
};

/** Chooses a call of a path. The 0th is the newest. */
async function choose(page: Page, path: string, nth = 0): Promise<void> {
  await page.getByRole('grid', { name: 'Calls' }).getByRole('row').filter({ hasText: path }).nth(nth).click();
  await page.locator('[role=row][aria-level]').first().waitFor();
}

function row(page: Page, name: string) {
  return page
    .locator('[role=row][aria-level]')
    .filter({ has: page.getByText(name, { exact: true }) })
    .first();
}

/** Makes calls that lead to each outcome, and waits for what comes of them. */
async function makeCalls(app: App): Promise<void> {
  const { client, clients, bus, gates } = app;
  const { orders, users, reports, feedback, jobs } = client;
  await orders.pay.mutate({ id: 'order-6' });
  await reports.order.mutate();
  await feedback.send.mutate('I like it.');
  await users.signUp.mutate({ name: 'Eve' });
  await jobs.many.mutate(4);
  await bus.publish('mail.sent', { to: 'grace@example.com' });
  const batched = clients.client('httpBatchLink');
  await Promise.allSettled([
    batched.users.signUp.mutate({ name: 'Ada' }),
    batched.users.signUp.mutate({ name: 'Bob' }),
    batched.reports.late.mutate(),
  ]);
  await orders.place.mutate({ id: 'order-7' });
  await users.signUp.mutate({ name: 'Grace' });
  await users.signUp.mutate({ name: 'Bob' }).catch(() => {});
  gates.report.open();
  await bus.drain({ timeout: 5000 });
  await workerIsDone(app);
}

/** Waits until the inspector knows that the worker has handled an order. */
async function workerIsDone({ inspector }: App): Promise<void> {
  for await (const { kind, process } of inspector.follow({ where: { listener: 'ship' } }))
    if (kind === 'finished' && process === 'worker') return;
}

/** Makes everything once, so that the pictures show no compiler at work, and forgets it. */
async function warmUp(app: App): Promise<void> {
  for (const name of ['Grace', 'Ada']) await app.client.users.signUp.mutate({ name });
  await app.client.orders.place.mutate({ id: 'order-1' });
  await app.bus.drain();
  await workerIsDone(app);
  const { origin, hash } = new URL(app.url);
  await fetch(`${origin}/api/clear`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${hash.replace('#token=', '')}`,
      origin,
      'content-type': 'application/json',
    },
    body: '{}',
  });
}

async function take(browser: Browser, url: string, scheme: 'light' | 'dark'): Promise<void> {
  for (const [name, show] of Object.entries(PICTURES)) {
    const context = await browser.newContext({ ...SCREEN, colorScheme: scheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('[data-connection=live]').waitFor();
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
    await show(page);
    const picture = withPalette(await page.screenshot({ caret: 'hide' }));
    await context.close();
    const file = `${name}-${scheme}.png`;
    if (picture.length > MOST_BYTES) throw new Error(`${file} would have ${picture.length} bytes.`);
    writeFileSync(join(FOLDER, file), picture);
    console.log(`${file}: ${Math.round(picture.length / 1000)} kB`);
  }
}

mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
try {
  await using app = await startApp({ process: 'web' });
  await using worker = await app.startWorker('worker');
  await warmUp(app);
  await makeCalls(app);
  for (const scheme of SCHEMES) await take(browser, app.url, scheme);
  await worker.bus.drain();
} finally {
  await browser.close();
}
