import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startShop, type ShopProcess } from './shop.ts';
import { openBrowser } from './visitor.ts';

/** Opens the shop and a browser before the tests of the suite begin, and closes both after them. */
export function openSite(): { readonly shop: ShopProcess; readonly browser: Browser } {
  const site: { shop?: ShopProcess; browser?: Browser } = {};
  beforeAll(async () => {
    [site.shop, site.browser] = await Promise.all([startShop(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await site.browser?.close();
    await site.shop?.stop('SIGTERM');
  });
  return site as { shop: ShopProcess; browser: Browser };
}
