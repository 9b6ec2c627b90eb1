import type { Page } from 'playwright-core';

/**
 * Notes where the parts of the story are, in each frame in which something has changed. The legend is left out, because it
 * follows the last row. The script is a string, as in contrast.ts.
 */
const WATCH = `(() => {
  window.places = {};
  const note = (name, place) => (window.places[name] ??= new Set()).add(Math.round(place));
  const look = () => {
    const panel = document.querySelector('aside').getBoundingClientRect();
    note('height', panel.height);
    const story = document.querySelector('[data-story]');
    for (const part of story?.querySelectorAll('[role=table], [role=row]:nth-child(2), dd') ?? []) {
      const { left, top } = part.getBoundingClientRect();
      const name = [story.dataset.story, part.role ?? part.dataset.testid].join(' ');
      note(name + ' left', left - panel.left);
      note(name + ' top', top - panel.top);
    }
  };
  let isDue = false;
  const lookSoon = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      look();
    });
  };
  new MutationObserver(lookSoon).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
})()`;

/** Begins to watch the story. Returns a function that returns the places that each part has had. */
export async function watchPlaces(page: Page): Promise<() => Promise<[part: string, ...places: number[]][]>> {
  await page.evaluate(WATCH);
  return () => page.evaluate('Object.entries(window.places).map(([part, seen]) => [part, ...seen])');
}
