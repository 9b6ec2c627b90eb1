import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

const SCREENSHOTS = join(import.meta.dirname, '../screenshots');

/** Reports what the policy has refused, before anything of the page runs. */
const WATCH_POLICY = `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
  console.error('policy: ' + effectiveDirective + ' ' + blockedURI + ' ' + sample));`;

/** Somebody who has the inspector open, and the complaints of their browser. */
export class Reader {
  readonly page: Page;
  /** Warnings and errors of the console, exceptions, and requests to other hosts. */
  readonly complaints: string[] = [];
  /** The addresses that were asked for. */
  readonly requests: string[] = [];

  private constructor(page: Page, host: string) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'warning' || message.type() === 'error')
        this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`exception: ${error.message}`));
    page.on('request', (request) => {
      this.requests.push(request.url());
      const url = new URL(request.url());
      if (url.protocol !== 'blob:' && url.host !== host) this.complaints.push(`request to ${request.url()}`);
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Reader> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    await page.addInitScript(WATCH_POLICY);
    const reader = new Reader(page, new URL(url).host);
    await page.goto(url);
    return reader;
  }

  /** Waits until the page reads the stream, and has drawn what it knows. */
  async isLive(): Promise<void> {
    await this.page.locator('[data-connection=live]').waitFor();
    await this.page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  }

  /** The rows of the list, the newest first. */
  get calls(): Locator {
    return this.page.getByRole('grid', { name: 'Calls' }).getByRole('row');
  }

  /** The rows of the timeline, without its head. */
  get rows(): Locator {
    return this.page.getByRole('treegrid', { name: 'Timeline' }).locator('[role=row][aria-level]');
  }

  /** Returns the level, the name and the words of each row of the timeline. */
  async lines(): Promise<string[]> {
    const rows = await this.rows.all();
    return Promise.all(
      rows.map(async (row) => {
        const [level, cells] = await Promise.all([
          row.getAttribute('aria-level'),
          row.getByRole('gridcell').allInnerTexts(),
        ]);
        return `${level} ${cells[0]}: ${cells[1]}`;
      }),
    );
  }

  get detail(): Locator {
    return this.page.getByRole('region', { name: 'Detail' });
  }

  get filter(): Locator {
    return this.page.getByRole('searchbox', { name: 'Filter' });
  }

  /** Makes a call, and chooses it once it is in the list. */
  async choose(path: string, call: () => Promise<unknown>): Promise<void> {
    const calls = this.calls.filter({ hasText: path });
    const before = await calls.count();
    await call();
    await calls.nth(before).waitFor();
    await calls.first().click();
    await this.rows.first().waitFor();
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByText(name, { exact: true }) }).first();
  }

  async tab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name, exact: true }).click();
  }

  /** Presses keys one after the other. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Waits until an expression is true. Playwright's own way evaluates in the page, which the policy refuses. */
  async until(expression: string): Promise<void> {
    await expect.poll(() => this.page.evaluate<boolean>(expression), { timeout: 10_000 }).toBe(true);
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `inspector-${name}.png`) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
