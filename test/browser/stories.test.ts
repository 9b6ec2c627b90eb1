import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium } from './chromium.ts';
import { weakTexts } from './contrast.ts';
import { overflowing } from './overflow.ts';
import { openSite } from './site.ts';
import { ACTIONS, STORIES } from './stories.ts';
import { showAs, type View } from './view.ts';
import { Visitor } from './visitor.ts';

const SCHEMES = ['light', 'dark'] as const;
const at = (width: number): View[] => SCHEMES.map((colorScheme) => ({ width, height: 860, colorScheme }));
const COMMON = [390, 1280];
/** Widths in px that cover each number of columns, at both ends of its range. */
const ALL = [320, 390, 768, 899, 900, 1000, 1232, 1280, 1920];

describe.skipIf(!hasChromium)('the stories of the shop', () => {
  const site = openSite();
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await Visitor.open(site.browser, site.shop.url);
  });
  afterAll(() => visitor.close());

  /** Expects that all texts can be read, that nothing runs over its edge, and that the page doesn't scroll sideways. */
  async function look(widths: readonly number[], screenshot: string): Promise<void> {
    const { page } = visitor;
    for (const view of widths.flatMap(at)) {
      await showAs(page, view);
      const found = {
        weak: await weakTexts(page),
        overflowing: await overflowing(page),
        width: await page.evaluate('document.documentElement.scrollWidth'),
      };
      expect({ view, ...found }).toEqual({ view, weak: [], overflowing: [], width: view.width });
      if (COMMON.includes(view.width))
        await visitor.screenshot(`${view.colorScheme}-${view.width}-${screenshot}`);
    }
  }

  it('begin with what to do', async () => {
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
    await look(COMMON, 'empty');
  });

  it.each(ACTIONS)(
    'are told of %s, and can be read on a desktop and a phone, light and dark',
    async (action) => {
      const { lines, words } = STORIES[action];
      await visitor.press(action, lines.length);
      expect(await visitor.lines()).toEqual(lines);
      expect(await visitor.says('words')).toBe(words);
      expect(await visitor.time('answered')).toBeGreaterThan(0);
      await look(COMMON, action);
    },
  );

  it('can be read at each width', async () => {
    await visitor.press('batch', STORIES.batch.lines.length);
    await look(ALL, 'batch');
  });

  it('have payloads, which can be read at each width, too', async () => {
    await visitor.press('gives-up', STORIES['gives-up'].lines.length);
    await visitor.page.getByRole('button', { name: 'payment.due' }).click();
    await visitor.page.getByTestId('payload').getByText('"cents": 4200').waitFor();
    await look(ALL, 'payload');
  });

  it('cause no complaints of the browser, and no requests to other hosts', () => {
    expect(visitor.complaints).toEqual([]);
  });
});
