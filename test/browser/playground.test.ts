import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { hasChromium } from './chromium.ts';
import { weakTexts } from './contrast.ts';
import { overflowing } from './overflow.ts';
import { openSite } from './site.ts';
import { ACTIONS, STORIES } from './stories.ts';
import { Visitor } from './visitor.ts';

describe.skipIf(!hasChromium)('the shop of the playground, in a browser', () => {
  const site = openSite();

  it('answers within two minutes, and prints its address', () => {
    printFigure(`The shop answered after ${(site.shop.took / 1000).toFixed(1)} s, its build included.`);
    expect(site.shop.took).toBeLessThan(120_000);
    expect(site.shop.printed()).toMatch(
      /^(Building the shop.*\n)?\nThe shop is open: http:\/\/localhost:\d+\nIts inspector is at http:\/\/127\.0\.0\.1:\d+\/inspector#token=[\w-]{32}\nCtrl-C closes it\.\n(worker \d+: .*\n)*$/,
    );
  });

  describe.each(['light', 'dark'] as const)('in its %s theme', (colorScheme) => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await Visitor.open(site.browser, site.shop.url, { colorScheme });
    });
    afterAll(() => visitor.close());

    it('says what to do before any button is pressed', async () => {
      expect(await visitor.page.getByRole('complementary').innerText()).toContain('Press a button.');
      expect(await visitor.page.getByRole('heading', { level: 1 }).innerText()).toBe(
        'trpc-events: what happens after a tRPC call',
      );
      expect(await visitor.page.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
        'The basics',
        'When things fail',
        'The queue',
        'Next.js',
        'What happened',
      ]);
      await visitor.screenshot(`${colorScheme}-1280-empty`);
    });

    it.each(ACTIONS)('tells the story of %s', async (action) => {
      const { lines, words } = STORIES[action];
      await visitor.press(action, lines.length);
      expect(await visitor.lines()).toEqual(lines);
      expect(await visitor.says('words')).toBe(words);
      expect(await visitor.time('answered')).toBeGreaterThan(0);
      await visitor.screenshot(`${colorScheme}-1280-${action}`);
      expect(await weakTexts(visitor.page)).toEqual([]);
    });

    it('causes no complaints of the browser, and no requests to other hosts', () => {
      expect(visitor.complaints).toEqual([]);
    });
  });

  describe('on a phone', () => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await Visitor.open(site.browser, site.shop.url, { viewport: { width: 390, height: 844 } });
    });
    afterAll(() => visitor.close());

    it.each(ACTIONS)('shows %s without scrolling sideways', async (action) => {
      await visitor.press(action, STORIES[action].lines.length);
      await visitor.screenshot(`light-390-${action}`);
      expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect(visitor.complaints).toEqual([]);
    });
  });

  it.each([320, 768, 899, 900, 1000, 1232, 1280, 1920])(
    'nothing runs over its edge, or into its neighbor, at a width of %i',
    async (width) => {
      const visitor = await Visitor.open(site.browser, site.shop.url, { viewport: { width, height: 700 } });
      await visitor.press('batch', STORIES.batch.lines.length);
      expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await overflowing(visitor.page)).toEqual([]);
      await visitor.close();
    },
  );

  const SCHEMES = ['light', 'dark'] as const;
  const WIDTHS = [390, 768, 1280, 1920].flatMap((width) => SCHEMES.map((scheme) => [width, scheme] as const));
  it.each(WIDTHS)('can be read at a width of %i, %s', async (width, colorScheme) => {
    const visitor = await Visitor.open(site.browser, site.shop.url, {
      viewport: { width, height: 900 },
      colorScheme,
    });
    await visitor.press('gives-up', STORIES['gives-up'].lines.length);
    await visitor.page.getByRole('button', { name: 'payment.due' }).click();
    await visitor.page.getByTestId('payload').getByText('"cents": 4200').waitFor();
    expect(await weakTexts(visitor.page)).toEqual([]);
    expect(await overflowing(visitor.page)).toEqual([]);
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await visitor.screenshot(`${colorScheme}-${width}-payload`);
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  });

  it('the story can be hidden on a phone, and comes back with the next press', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url, {
      viewport: { width: 390, height: 844 },
    });
    const answered = visitor.page.getByTestId('answered');
    await visitor.press('payment', 3);
    await visitor.page.getByRole('button', { name: 'hide' }).click();
    await answered.waitFor({ state: 'hidden' });
    await visitor.page.getByRole('button', { name: 'show' }).click();
    await answered.waitFor();
    await visitor.page.getByRole('button', { name: 'hide' }).click();
    await visitor.press('payment', 3);
    await answered.waitFor();
    await visitor.close();
  });

  describe('what the page says', () => {
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
      expect((await runs.allInnerTexts()).map((it) => it.trim())).toEqual([
        'Sign up as Ada',
        'Send a payment',
      ]);
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
      await visitor.screenshot('light-1280-payload');
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

  describe('the inspector beside the shop', () => {
    it('is a click away from a story, and shows the same call, with what the worker did', async () => {
      const visitor = await Visitor.open(site.browser, site.shop.url);
      await visitor.press('order', STORIES.order.lines.length);
      const [inspector] = await Promise.all([
        visitor.page.context().waitForEvent('page'),
        visitor.page.getByRole('link', { name: 'Open it in the inspector' }).click(),
      ]);
      const calls = inspector.getByRole('grid', { name: 'Calls' }).getByRole('row');
      await calls.filter({ hasText: 'orders.place' }).click();
      const timeline = inspector.getByRole('treegrid', { name: 'Timeline' });
      await timeline.getByText('packParcel').waitFor();
      await inspector.screenshot({ path: 'test/browser/screenshots/light-1280-order-inspector.png' });
      // The other calls of the shop are hidden by the filter, and the token stands in no address.
      expect(await calls.count()).toBe(1);
      expect(inspector.url()).not.toContain('token');
      await visitor.close();
    });
  });

  describe('how the page is used', () => {
    it('arrow keys go from card to card, and Enter presses', async () => {
      const visitor = await Visitor.open(site.browser, site.shop.url);
      const focused = visitor.page.locator('button:focus');
      await visitor.button('feedback').focus();
      await visitor.page.keyboard.press('ArrowDown');
      expect(await focused.getAttribute('data-action')).toBe('sign-up');
      await visitor.page.keyboard.press('ArrowDown');
      expect(await focused.getAttribute('data-action')).toBe('invoice');
      await visitor.page.keyboard.press('ArrowDown');
      await visitor.page.keyboard.press('Enter');
      await visitor.settled('review', 3);
      await visitor.page.keyboard.press('ArrowUp');
      await visitor.page.keyboard.press('ArrowUp');
      expect(await focused.getAttribute('data-action')).toBe('sign-up');
      await visitor.page.keyboard.press('Alt+ArrowRight'); // forward in the browser's history
      expect(await focused.getAttribute('data-action')).toBe('sign-up');
      await visitor.close();
    });

    it('the theme follows the system until one is chosen, which is then kept without a flash', async () => {
      const visitor = await Visitor.open(site.browser, site.shop.url, { colorScheme: 'dark' });
      const ground = () => visitor.page.evaluate('getComputedStyle(document.body).backgroundColor');
      const dark = await ground();
      await visitor.page.getByRole('radio', { name: 'Light' }).click();
      const light = await ground();
      expect(light).not.toBe(dark);
      // Block the app's scripts, because the theme must be right before any of them runs.
      await visitor.page.route('**/*.js', (route) => route.abort());
      await visitor.page.reload({ waitUntil: 'commit' });
      await visitor.page.locator('h1').waitFor();
      expect(await ground()).toBe(light);
      await visitor.close();
    });

    it('a click copies an id, and hovering over a time shows the absolute time', async () => {
      const visitor = await Visitor.open(site.browser, site.shop.url, {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      await visitor.press('payment', 3);
      await visitor.page.getByRole('button', { name: 'order.paid' }).click();
      const id = visitor.page.getByTitle(/: click to copy$/);
      const title = await id.getAttribute('title');
      await id.click();
      await visitor.page.getByText('copied').waitFor();
      const copied = await visitor.page.evaluate<string>('navigator.clipboard.readText()');
      expect(`${copied}: click to copy`).toBe(title);
      expect(await visitor.page.getByTestId('after').last().getAttribute('title')).toMatch(
        /^\d\d:\d\d:\d\d\.\d{3}$/,
      );
      await visitor.close();
    });
  });

  it('ends when asked to, once the mail that is under way has been sent', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url);
    await visitor.button('invoice').click();
    await visitor.page.getByText('mailInvoice is running').waitFor();
    const start = performance.now();
    const ended = site.shop.stop('SIGTERM');
    await visitor.page.getByTestId('words').getByText('mailInvoice was done').waitFor();
    expect(await ended).toEqual({ code: 0, errors: '' });
    expect(performance.now() - start).toBeLessThan(10_000);
    await visitor.close();
  });
});
