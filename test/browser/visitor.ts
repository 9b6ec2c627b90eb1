import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM } from './chromium.ts';

const SCREENSHOTS = join(import.meta.dirname, 'screenshots');
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens a browser with a fresh profile. */
export async function openBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  if (CHROMIUM === undefined) throw new Error('There is no Chromium.');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGS });
}

function withoutNumbers(note: string): string {
  return note.replace(/[\d.]+ m?s\b|(?<=worker )\d+/, '…');
}

/** A visitor who has the shop open, and the complaints of their browser. */
export class Visitor {
  readonly page: Page;
  /** Warnings and errors of the console, exceptions, and requests to other hosts. */
  readonly complaints: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    const { host } = new URL(url);
    page.on('console', (message) => {
      if (message.type() === 'warning' || message.type() === 'error')
        this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`exception: ${error.message}`));
    page.on('request', (request) => {
      if (new URL(request.url()).host !== host) this.complaints.push(`request to ${request.url()}`);
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    const visitor = new Visitor(page, url);
    await page.goto(url);
    await page.locator('[data-feed=live]').waitFor();
    return visitor;
  }

  button(action: string) {
    return this.page.locator(`button[data-action=${action}]`);
  }

  /** Presses a button, and waits until its story is complete. */
  async press(action: string, lines: number): Promise<void> {
    await this.button(action).click();
    await this.settled(action, lines);
  }

  async settled(action: string, lines: number): Promise<void> {
    const story = this.page.locator(`[data-story=${action}]`);
    const rows = story.locator('[role=row][data-kind]');
    await story.and(this.page.locator('[data-state=done], [data-state=refused]')).waitFor();
    await rows.nth(lines - 1).waitFor();
    await rows.and(this.page.locator('[data-outcome=running], [data-outcome=waiting]')).first().waitFor({
      state: 'detached',
    });
    await story.getByText(/^server: (response sent|stream ended), /).waitFor();
  }

  /** Returns the lines of the timeline, with `…` in place of times and process ids. */
  async lines(): Promise<string[]> {
    const rows = await this.page.locator('[role=row][data-kind]').all();
    return Promise.all(
      rows.map(async (row) => {
        const [name, note, word] = await Promise.all([
          row.locator('code').innerText(),
          row.getByTestId('note').allInnerTexts(),
          row.getByTestId('word').innerText(),
        ]);
        return [name, word, ...note.map(withoutNumbers)].join(': ');
      }),
    );
  }

  /** Waits until the page shows the worker in a state. Returns its process id, and what the page says of it. */
  async worker(state: string): Promise<{ pid: number; says: string }> {
    const strip = this.page.locator(`[data-worker=${state}]`);
    await strip.waitFor();
    const [pid, says] = await Promise.all([
      strip.getAttribute('data-pid'),
      strip.getByRole('status').innerText(),
    ]);
    return { pid: Number(pid), says: says.trim() };
  }

  /** Presses the button of the worker. */
  async turn(act: 'Start' | 'Stop'): Promise<void> {
    await this.page.getByRole('button', { name: `${act} the worker` }).click();
  }

  /** Returns the text of the first element with a test id. */
  async says(id: string): Promise<string> {
    return (await this.page.getByTestId(id).first().innerText()).trim();
  }

  /** Returns a time that the page shows, in ms. */
  async time(id: string): Promise<number> {
    const said = await this.says(id);
    const [, number, unit] = /^([\d.]+) (ms|s)\b/.exec(said) ?? [];
    if (unit === undefined) throw new Error(`"${said}" is no time.`);
    return Number(number) * (unit === 's' ? 1000 : 1);
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
