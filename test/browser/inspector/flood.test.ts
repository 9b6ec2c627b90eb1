import { describe, expect, test } from 'vitest';
import { printFigure } from '../../setup/figure.ts';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

/** The length of the flood, in s. The full length is 30: `FLOOD_SECONDS=30 npm run test:browser -- flood`. */
const SECONDS = Number(process.env['FLOOD_SECONDS'] ?? 5);

const WATCH_SHIFTS = `globalThis.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (!hadRecentInput) shifts.push(value + ' ' + sources.map(({ node }) => node?.textContent).join());
  }
}).observe({ type: 'layout-shift' });`;

describe.skipIf(!hasChromium)('200 events a second', () => {
  const stage = openStage();

  /** Publishes 200 events a second, ten at a time. */
  async function flood(seconds: number): Promise<void> {
    for (let i = 0; i < 20 * seconds; i++) {
      for (let n = 0; n < 10; n++) void stage.app.bus.publish('job.noticed', { n });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test(
    'Nothing moves that is not new, and the chosen row stays, even when the server has forgotten it.',
    { timeout: 120_000 },
    async () => {
      await using reader = await Reader.open(stage.browser, stage.app.url);
      await reader.isLive();
      await stage.app.client.feedback.send.mutate('x');
      await reader.calls.first().waitFor();
      await reader.page.waitForTimeout(600);
      await reader.page.evaluate(WATCH_SHIFTS);
      await flood(3);
      await expect.poll(() => reader.calls.count(), { timeout: 20_000 }).toBeGreaterThan(500);
      expect(await reader.page.evaluate('shifts')).toEqual([]);
      await reader.calls.nth(3).click();
      const chosen = reader.page.locator('[role=row][data-call][aria-selected=true]');
      const place = await chosen.boundingBox();
      const id = await chosen.getAttribute('data-call');
      await reader.page.waitForTimeout(600);
      await reader.page.evaluate('shifts.length = tasks.length = 0');
      await flood(SECONDS);
      await reader.page.getByText(/calls are kept; [\d,]+ older ones are gone\./).waitFor();
      const longest = await reader.page.evaluate<number>('Math.max(0, ...tasks)');
      printFigure(`200 events a second for ${SECONDS} s: the longest task took ${longest || 'under 50'} ms`);
      expect(await chosen.boundingBox()).toEqual(place);
      expect(await chosen.getAttribute('data-call')).toBe(id);
      await reader.page.getByRole('button', { name: /^[\d,]+ new$/ }).waitFor();
      expect(await reader.page.evaluate('shifts')).toEqual([]);
      expect(reader.complaints).toEqual([]);
    },
  );
});
