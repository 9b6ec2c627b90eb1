import type { Page } from 'playwright-core';

/** The size of a window, in px, and the theme of the system. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Resolves once two frames are painted and no color is still changing. The script is a string, as in contrast.ts. */
const PAINTED = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => document.getAnimations().filter((it) => it instanceof CSSTransition).map((it) => it.finished))
  .then((changes) => Promise.allSettled(changes))
  .then(() => {})`;

/** Changes how an open page is shown, and waits until it is painted. That takes far less time than loading it again. */
export async function showAs(page: Page, { colorScheme, ...size }: View): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme });
  await page.evaluate(PAINTED);
}
