import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startShop, type ShopProcess } from './shop.ts';
import { openBrowser } from './visitor.ts';

/** Opens the shop and a browser before a suite's tests, and closes both after them. `args` are more arguments of the shop. */
export function openSite(args: readonly string[] = []): {
  readonly shop: ShopProcess;
  readonly browser: Browser;
} {
  const site: { shop?: ShopProcess; browser?: Browser } = {};
  beforeAll(async () => {
    [site.shop, site.browser] = await Promise.all([
      startShop({ args: ['--port', '0', ...args] }),
      openBrowser(),
    ]);
  }, 240_000);
  afterAll(async () => {
    await site.browser?.close();
    await site.shop?.stop('SIGTERM');
  });
  return site as { shop: ShopProcess; browser: Browser };
}
