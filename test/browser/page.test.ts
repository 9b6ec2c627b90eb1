import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { hasChromium } from './chromium.ts';
import { openSite } from './site.ts';
import { STORIES } from './stories.ts';
import { Visitor } from './visitor.ts';

describe.skipIf(!hasChromium)('what the page of the shop says', () => {
  const site = openSite();
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.open(site.browser, site.shop.url);
  });
  afterAll(() => visitor.close());

  it('the answer does not wait for a slow mail, which is shown as running, and then as done two seconds later', async () => {
    await visitor.button('invoice').click();
    await visitor.page.locator('[data-story=invoice][data-state=done]').waitFor();
    await visitor.page.getByText('mailInvoice is running').waitFor();
    const answered = await visitor.time('answered');
    await visitor.screenshot('light-1280-invoice-running');
    await visitor.settled('invoice', 5);
    expect(await visitor.time('later')).toBeGreaterThanOrEqual(1900);
    expect(await visitor.says('inline')).toMatch(/^Inline, it would have answered after \d\.\d s\.$/);
    expect(await visitor.time('answered')).toBe(answered);
    printFigure(`Answered in ${answered} ms, mail sent ${await visitor.says('later')}.`);
  });

  it('a caller that waits finds the effect in what it fetches next', async () => {
    const reviews = async () =>
      Number(await visitor.page.locator('[data-rating]').getAttribute('data-rating'));
    const before = await reviews();
    await visitor.press('review', 3);
    expect(await reviews()).toBe(before + 1);
    expect(await visitor.says('says')).toContain(`found ${before + 1} reviews`);
    expect(await visitor.says('later')).toBe('waited');
    expect(await visitor.page.getByTestId('after').last().innerText()).toBe('before');
  });

  it('an import shows its progress, and handles each row while the next is read', async () => {
    const progress = visitor.page.locator('progress');
    await Promise.all([
      progress.and(visitor.page.locator(':not([value="5"])')).waitFor(),
      visitor.page.getByText(/^[0-4] of 5$/).waitFor(),
      visitor.button('import').click(),
    ]);
    await visitor.settled('import', 11);
    expect(await progress.getAttribute('value')).toBe('5');
    expect(await visitor.says('later')).toBe('5 of 5');
  });

  it('keeps the stories of earlier presses, and shows them again', async () => {
    const own = await Visitor.open(site.browser, site.shop.url);
    await own.press('payment', 3);
    await own.press('taken', 2);
    const runs = own.page.getByRole('navigation', { name: 'Runs' }).getByRole('button');
    expect((await runs.allInnerTexts()).map((it) => it.trim())).toEqual(['Sign up as Ada', 'Send a payment']);
    await runs.last().click();
    expect(await runs.last().getAttribute('aria-current')).toBe('true');
    expect(await own.lines()).toEqual(STORIES.payment.lines);
    await own.press('feedback', 3);
    expect(await own.lines()).toEqual(STORIES.feedback.lines);
    expect(await runs.count()).toBe(3);
    for (let i = 0; i < 8; i++) await own.press('payment', 3);
    expect(await runs.count()).toBe(8);
    await own.close();
  });

  it('shows the payload of an event, and hides it again', async () => {
    await visitor.press('invoice', 5);
    const mail = visitor.page.getByRole('button', { name: 'mail.sent' });
    await mail.click();
    const payload = visitor.page.getByTestId('payload');
    await payload.getByText('"subject": "Your invoice"').waitFor();
    expect(JSON.parse(await payload.innerText())).toEqual({
      to: 'ada@example.org',
      subject: 'Your invoice',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    await visitor.screenshot('light-1280-invoice-payload');
    await mail.click();
    await payload.waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
  });

  it('draws each attempt, folds a long wait between two, and says that a listener gave up', async () => {
    await visitor.press('gives-up', 3);
    const row = visitor.page.locator('[data-kind=run]');
    expect(await row.locator('i[class*=bar]').count()).toBe(3);
    expect(await row.locator('i[class*=backOff]').count()).toBe(2);
    await visitor.page.getByText(/^\/\/ \d\.\d s$/).waitFor();
  });

  it('leaves room on both sides of the line of the response, however slow a listener is', async () => {
    await visitor.press('invoice', 5);
    const track = (await visitor.page.locator('[data-kind=call] [class*=track]').boundingBox())!;
    const line = (await visitor.page.locator('[data-kind=call] [class*=line]').boundingBox())!;
    expect(line.x - track.x).toBeGreaterThanOrEqual(20);
    expect(track.x + track.width - line.x).toBeGreaterThanOrEqual(20);
  });

  it("says of a stream that it ended, and of which figure is the server's", async () => {
    await visitor.press('import', 11);
    await visitor.page.getByText(/^server: stream ended, \d/).waitFor();
    await visitor.press('payment', 3);
    await visitor.page.getByText(/^server: response sent, \d/).waitFor();
  });

  it('gives the chart more room than any other column', async () => {
    await visitor.press('payment', 3);
    const widths = await visitor.page.evaluate<number[]>(
      `[...document.querySelectorAll('[data-kind=call] > [role=cell]')].map((it) => it.offsetWidth)`,
    );
    expect(widths.length).toBe(4);
    expect(Math.max(...widths)).toBe(widths[2]);
  });

  it('a batch is one request', async () => {
    const requests: string[] = [];
    visitor.page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
    await visitor.press('batch', STORIES.batch.lines.length);
    expect(requests).toEqual([
      `POST ${site.shop.url}/api/trpc/orders.place,orders.place,orders.place?batch=1`,
    ]);
  });

  it('each visitor sees their own story', async () => {
    const other = await Visitor.open(site.browser, site.shop.url);
    await Promise.all([other.press('taken', 2), visitor.press('payment', 3)]);
    await Promise.all([other.press('payment', 3), visitor.press('taken', 2)]);
    expect(await visitor.lines()).toEqual(STORIES.taken.lines);
    expect(await other.lines()).toEqual(STORIES.payment.lines);
    await other.close();
  });

  it('a visitor is told of no other visitor, whatever the page would do with that', async () => {
    const [mine, theirs] = ['a', 'b'].map((it) => it.repeat(32)) as [string, string];
    const pay = (click: string) =>
      fetch(`${site.shop.url}/api/payments`, {
        method: 'POST',
        headers: { 'x-click': click },
        body: JSON.stringify({ order: 'order-1', cents: 1 }),
      });
    await pay(`${theirs}.1`);
    await pay(`${mine}.1`);
    const input = encodeURIComponent(JSON.stringify({ json: { visitor: mine } }));
    const feed = await fetch(`${site.shop.url}/api/trpc/story.follow?input=${input}`);
    let told = '';
    for await (const chunk of feed.body!.pipeThrough(new TextDecoderStream())) {
      told += chunk;
      if (told.includes('"kind":"finished"')) break;
    }
    expect(told).toContain(`${mine}.1`);
    expect(told).not.toContain(theirs);
  });

  it('a call that does not get through can be repeated', async () => {
    await visitor.page.route('**/api/payments', (route) => route.abort());
    await visitor.button('payment').click();
    await visitor.page.getByText('The call did not get through.').waitFor();
    await visitor.screenshot('light-1280-broken');
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('net::ERR_FAILED')]);
    await visitor.page.unroute('**/api/payments');
    await visitor.page.getByRole('button', { name: 'Send a payment again' }).click();
    await visitor.settled('payment', 3);
    expect(visitor.complaints).toEqual([]);
  });

  it('an import that does not get through is started again only by the reader', async () => {
    let tries = 0;
    await visitor.page.route('**/api/trpc/products.import*', (route) => {
      tries++;
      return route.abort();
    });
    await visitor.button('import').click();
    const again = visitor.page.getByRole('button', { name: 'Import five products again' });
    await again.waitFor();
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('net::ERR_FAILED')]);
    await visitor.page.unroute('**/api/trpc/products.import*');
    await again.click();
    await visitor.settled('import', 11);
    expect(tries).toBe(1);
    expect(visitor.complaints).toEqual([]);
  });

  it('a server that fails is shown with its status', async () => {
    await visitor.page.route('**/api/payments', (route) => route.fulfill({ status: 500 }));
    await visitor.button('payment').click();
    await visitor.page.getByText('The browser got: status 500.').waitFor();
    expect(visitor.complaints.splice(0)).toEqual([expect.stringContaining('500')]);
    await visitor.page.unroute('**/api/payments');
  });
});
