import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { weakTexts } from '../contrast.ts';
import { showAs } from '../view.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs axe, which the page must have. */
async function seriousFindings(reader: Reader): Promise<string[]> {
  return reader.page.evaluate<
    string[]
  >(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`);
}

/** Finds the elements that are wider than the window. They would make the page scroll sideways. */
const WIDER = `[...document.querySelectorAll('body *')]
  .filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && !it.closest('[role=tablist], pre, [aria-hidden]') && it.checkVisibility() && getComputedStyle(it).position !== 'absolute')
  .map((it) => it.outerHTML.slice(0, 120))`;

const SCHEMES = ['light', 'dark'] as const;

describe.skipIf(!hasChromium)('Each view, at each width, light and dark', () => {
  const stage = openStage();

  test.for([390, 768, 1280, 1920])('%i px', { timeout: 120_000 }, async (width) => {
    const { app } = stage;
    const size = { width, height: width === 390 ? 800 : 1000 };
    await app.client.users.signUp.mutate({ name: 'Eve' });
    await app.client.users.signUp.mutate({ name: 'Bob' }).catch(() => {});
    await app.client.reports.order.mutate();
    await using reader = await Reader.open(stage.browser, app.url, {
      viewport: size,
      ...(width === 390 && { hasTouch: true, isMobile: true }),
    });
    await reader.isLive();
    // Playwright injects axe over the DevTools protocol, because the page's policy lets no other script in.
    await reader.page.evaluate(AXE);
    const look = async (view: string) => {
      for (const colorScheme of SCHEMES) {
        await showAs(reader.page, { ...size, colorScheme });
        await reader.screenshot(`${view}-${width}-${colorScheme}`);
        const found = {
          wider: await reader.page.evaluate<string[]>(WIDER),
          weak: await weakTexts(reader.page),
          serious: await seriousFindings(reader),
        };
        expect({ view, colorScheme, ...found }).toEqual({
          view,
          colorScheme,
          wider: [],
          weak: [],
          serious: [],
        });
      }
    };
    await look('calls');
    await reader.choose('users.signUp', () => app.client.users.signUp.mutate({ name: 'Eve' }));
    await reader.row('sendWelcomeMail').getByText('failed').waitFor();
    await look('timeline');
    await reader.row('sendWelcomeMail').click();
    await reader.tab('Error');
    await look('error');
    await reader.tab('Payload');
    await reader.page.getByRole('tree', { name: 'Payload' }).getByText('"Eve"').waitFor();
    await look('payload');
    await reader.page.getByRole('link', { name: 'Wiring' }).click();
    await reader.page.locator('[id$="user.created"]').click();
    await reader.page.getByRole('tree', { name: 'Schema' }).waitFor();
    await look('wiring');
    await reader.page.getByRole('link', { name: 'Publish' }).click();
    await reader.page.getByLabel('Payload, as JSON').waitFor();
    await look('publish');
    expect(reader.complaints).toEqual([]);
  });

  test('On a phone the list makes way for the timeline, and that for the detail, with a way back.', async () => {
    const { app } = stage;
    await using reader = await Reader.open(stage.browser, app.url, { viewport: { width: 390, height: 800 } });
    await reader.isLive();
    await reader.choose('users.signUp', () => app.client.users.signUp.mutate({ name: 'Ada' }));
    expect(await reader.page.getByRole('grid', { name: 'Calls' }).isVisible()).toBe(false);
    await reader.row('user.created').click();
    await reader.detail.waitFor();
    expect(await reader.page.getByRole('treegrid', { name: 'Timeline' }).isVisible()).toBe(false);
    await reader.page.getByRole('button', { name: 'Timeline' }).click();
    await reader.row('user.created').waitFor();
    await reader.page.goForward();
    await reader.detail.waitFor();
    await reader.page.goBack();
    await reader.page.getByRole('button', { name: 'Calls' }).click();
    await reader.calls.first().waitFor();
  });
});
