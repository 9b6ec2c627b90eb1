import type { Page } from 'playwright-core';

/** Finds visible code and story parts that are wider than their place and can't be scrolled. A string, as in contrast.ts. */
const SCRIPT = `[...document.querySelectorAll('pre, aside :is(dl, dd, [role=columnheader], [data-testid=word], code)')]
  .filter((it) => getComputedStyle(it).overflowX !== 'auto' && it.scrollWidth > it.clientWidth && it.clientWidth > 1)
  .map((it) => it.textContent)`;

export async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(SCRIPT);
}
