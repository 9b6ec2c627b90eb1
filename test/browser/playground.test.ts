import { describe, expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { hasChromium } from './chromium.ts';
import { openSite } from './site.ts';
import { STORIES } from './stories.ts';
import { Visitor } from './visitor.ts';

describe.skipIf(!hasChromium)('the shop of the playground, in a browser', () => {
  const site = openSite();

  it('answers within two minutes, and prints its address', () => {
    printFigure(`The shop answered after ${(site.shop.took / 1000).toFixed(1)} s.`);
    expect(site.shop.took).toBeLessThan(120_000);
    expect(site.shop.printed()).toMatch(
      /^\nThe shop is open: http:\/\/localhost:\d+\nIts inspector is at http:\/\/127\.0\.0\.1:\d+\/inspector#token=[\w-]{32}\nCtrl-C closes it\.\n(worker \d+: .*\n)*$/,
    );
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
      // The filter hides the shop's other calls, and the token is not in the address.
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
