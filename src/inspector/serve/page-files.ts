import { answer, Refusal } from './answers.ts';

/** The paths of the page's files, and their content types. */
const TYPES = {
  '': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
} as const;
type PagePath = keyof typeof TYPES;

export function isPagePath(path: string | undefined): path is PagePath {
  return path !== undefined && Object.hasOwn(TYPES, path);
}

/** @throws Refusal if the page was not built */
export async function pageFile(path: PagePath, base: string): Promise<Response> {
  // The page is large, and most processes never show it.
  const { page } = await import('./built-page.ts');
  if (page === undefined)
    throw new Refusal(503, 'The page of the inspector is not built: run `npm run build` first.');
  const text = { '': () => page.html(base), 'page.js': () => page.script, 'page.css': () => page.style };
  return answer(text[path](), TYPES[path]);
}
