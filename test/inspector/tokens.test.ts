import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The custom properties of a style sheet, block by block, with their values. */
function tokensOf(path: string): string[] {
  const css = readFileSync(path, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  const tokens: string[] = [];
  for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!selector.includes(':root')) continue;
    for (const [, name = '', value = ''] of body.matchAll(/(--[\w-]+|color-scheme):\s*([^;]+);/g))
      tokens.push(`${selector.trim()} ${name}: ${value.trim()}`);
  }
  return tokens;
}

test('The page of the inspector has the tokens of the shop, and no others.', () => {
  const shop = tokensOf('playground/app/globals.css');
  const page = tokensOf('src/page/styles/tokens.css');
  expect(page.length).toBeGreaterThan(20);
  expect(page).toEqual(shop.filter((token) => !token.includes('--code-')));
});
