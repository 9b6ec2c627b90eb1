import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

/** Counts the displayed bars that can't be seen, because forced colors gave them the color of the page. */
const GONE = `[...document.querySelectorAll('[role=treegrid] [data-torn]')]
  .filter((it) => getComputedStyle(it).display !== 'none' && it.getBoundingClientRect().width > 0)
  .filter((it) => {
    const { backgroundColor, borderTopWidth, borderTopColor } = getComputedStyle(it);
    const ground = getComputedStyle(document.body).backgroundColor;
    return backgroundColor === ground && (borderTopWidth === '0px' || borderTopColor === ground);
  }).length`;

/** Finds the elements that are animated, or whose changes take time. */
const MOVING = `[...document.querySelectorAll('*')]
  .filter((it) => {
    const { transitionDuration, animationName, animationDuration } = getComputedStyle(it);
    return transitionDuration.split(', ').some((time) => parseFloat(time) > 0) ||
      (animationName !== 'none' && parseFloat(animationDuration) > 0);
  })
  .map((it) => it.outerHTML.slice(0, 100))`;

describe.skipIf(!hasChromium)('What a reader prefers', () => {
  const stage = openStage();

  test('With forced colors bars, the line of the response and what is chosen can still be told apart.', async () => {
    await using reader = await Reader.open(stage.browser, stage.app.url, { forcedColors: 'active' });
    await reader.isLive();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Eve' }));
    await reader
      .row('sendWelcomeMail')
      .getByText(/^failed/)
      .waitFor();
    expect(await reader.page.locator('[role=treegrid] [data-torn]').count()).toBeGreaterThanOrEqual(4);
    expect(await reader.page.evaluate(GONE)).toBe(0);
    const outlines = await reader.page.evaluate<string[]>(
      `[...document.querySelectorAll('[role=row][aria-selected=true]')].map((it) => getComputedStyle(it).outlineStyle)`,
    );
    expect(outlines).toEqual(['solid', 'solid']);
    await reader.screenshot('forced-colors');
    expect(reader.complaints).toEqual([]);
  });

  test('With reduced motion nothing moves by itself, whatever runs.', async () => {
    await using reader = await Reader.open(stage.browser, stage.app.url, { reducedMotion: 'reduce' });
    await reader.isLive();
    await reader.choose('reports.order', () => stage.app.client.reports.order.mutate());
    await reader
      .row('writeReport')
      .getByText(/^running/)
      .waitFor();
    expect(await reader.page.evaluate(MOVING)).toEqual([]);
    expect(await reader.page.evaluate('document.getAnimations().length')).toBe(0);
    // The row still counts how long its listener has run.
    const words = await reader.row('writeReport').getByRole('gridcell').nth(1).innerText();
    await expect
      .poll(() => reader.row('writeReport').getByRole('gridcell').nth(1).innerText())
      .not.toBe(words);
    expect(reader.complaints).toEqual([]);
  });
});
