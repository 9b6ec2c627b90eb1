import { describe, expect, it } from 'vitest';
import { hasChromium } from './chromium.ts';
import { weakTexts } from './contrast.ts';
import { watchPlaces } from './places.ts';
import { openSite } from './site.ts';
import { ACTIONS, STORIES } from './stories.ts';
import { Visitor } from './visitor.ts';

describe.skipIf(!hasChromium)('the story of a press', () => {
  const site = openSite();

  // The cases run at the same time, because they mostly wait for listeners.
  it.concurrent.each([
    ['a desktop', { width: 1280, height: 800 }],
    ['a laptop', { width: 1280, height: 640 }],
    ['a phone', { width: 390, height: 844 }],
  ])('keeps its height, and its parts in their places, while it is told on %s', async (_, viewport) => {
    const visitor = await Visitor.open(site.browser, site.shop.url, { viewport });
    await visitor.press('payment', STORIES.payment.lines.length);
    const places = await watchPlaces(visitor.page);
    for (const action of ACTIONS) await visitor.press(action, STORIES[action].lines.length);
    const seen = await places();
    expect(seen.length).toBeGreaterThan(ACTIONS.length);
    expect(seen.filter(([, ...tops]) => tops.length > 1)).toEqual([]);
    await visitor.close();
  });

  it('is visible before the page is scrolled, and already has its final height', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url, {
      viewport: { width: 1280, height: 640 },
    });
    const panel = visitor.page.getByRole('complementary');
    const { y, height } = (await panel.boundingBox())!;
    expect(y + height).toBeLessThanOrEqual(640);
    await visitor.press('sign-up', STORIES['sign-up'].lines.length);
    expect((await panel.boundingBox())!.height).toBe(height);
    await visitor.close();
  });

  it('is read out by screen readers once it is over, and not while something runs', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url);
    await visitor.button('invoice').click();
    await visitor.page.getByText('mailInvoice is running').waitFor();
    const story = visitor.page.locator('[data-story] [role=status]');
    expect(await story.innerText()).toBe('');
    await visitor.settled('invoice', STORIES.invoice.lines.length);
    expect(await story.innerText()).toMatch(/^mailInvoice was done: \d\.\d s later$/);
    await visitor.close();
  });

  it('can be scrolled with the keyboard', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url, {
      viewport: { width: 390, height: 700 },
    });
    await visitor.press('import', STORIES.import.lines.length);
    await visitor.page.getByRole('region', { name: 'Import with progress' }).focus();
    await visitor.page.keyboard.press('End');
    await expect
      .poll(() => visitor.page.evaluate('document.querySelector("[data-story]").scrollTop'))
      .toBeGreaterThan(0);
    await visitor.close();
  });

  it('shows its bars if the reader has chosen the colors', async () => {
    const visitor = await Visitor.open(site.browser, site.shop.url, {
      forcedColors: 'active',
      colorScheme: 'dark',
    });
    await visitor.press('batch', STORIES.batch.lines.length);
    await visitor.screenshot('forced-colors-1280-batch');
    const colors = await visitor.page.evaluate<string[]>(
      `[document.body, ...document.querySelectorAll('[role=row]:not([data-kind=event]) [role=cell] i[class*=bar]')]
        .map((it) => getComputedStyle(it).backgroundColor)`,
    );
    const [ground, ...bars] = colors;
    expect(bars.length).toBe(11);
    expect(bars).not.toContain(ground);
    expect(await weakTexts(visitor.page)).toEqual([]);
    await visitor.close();
  });

  it.each([390, 320])('does not break the name of the library at a width of %i', async (width) => {
    const visitor = await Visitor.open(site.browser, site.shop.url, { viewport: { width, height: 700 } });
    const lines = await visitor.page.evaluate("document.querySelector('h1 code').getClientRects().length");
    expect(lines).toBe(1);
    await visitor.close();
  });
});
