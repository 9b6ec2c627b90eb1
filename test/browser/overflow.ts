import type { Page } from 'playwright-core';

/** What is seen of code and story, and wider than its place: text of a script, as in contrast.ts. */
const SCRIPT = `[...document.querySelectorAll('pre, aside :is(dl, dd, [role=columnheader], [data-testid=word], code)')]
  .filter((it) => it.scrollWidth > it.clientWidth && it.clientWidth > 1)
  .map((it) => it.textContent)`;

export async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(SCRIPT);
}
