import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blocksIn, givenFiles, root } from '../package/docs-blocks.ts';

const PAGES = join(import.meta.dirname, '.pages');

/** The files of a page of the docs, which a test imports and runs. */
export interface Page extends Disposable {
  // The result is any, because TypeScript can't know the types of files that are written at run time.
  import(path: string): Promise<any>;
}

/**
 * Writes the blocks of a page that are files, and the files that it leaves to its reader, into a folder. `given` are the
 * reader's files by path, as a test wants them: source text, or an object of what the file exports.
 *
 * @example
 * using page = openPage('recipes/outbox.md', { 'kysely.ts': { db } });
 * const { deliverOutbox } = await page.import('outbox.ts');
 */
export function openPage(page: string, given: Readonly<Record<string, string | object>> = {}): Page {
  mkdirSync(PAGES, { recursive: true });
  const folder = mkdtempSync(join(PAGES, 'page-'));
  const files = new Map(givenFiles(page));
  for (const { file, code } of blocksIn(`docs/${page}`)) if (file !== undefined) files.set(file, code);
  for (const [path, source] of Object.entries(given))
    files.set(path, typeof source === 'string' ? source : exporting(source));
  for (const [path, code] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code.replaceAll(/'trpc-events(\/[a-z]+)?'/g, toSources));
  }
  return {
    import: (path) => import(/* @vite-ignore */ join(folder, path)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

const toSources = (_name: string, entry = '') => `'${join(root, 'src', entry, 'index.ts')}'`;

/** Returns the source of a file that exports the values of an object of this process. */
function exporting(values: object): string {
  const id = held.push(values) - 1;
  const names = Object.keys(values).map((name) => `export const ${name} = held[${id}].${name};`);
  return [`import { held } from '${import.meta.filename}';`, ...names, ''].join('\n');
}
/** The values of tests that the files of pages import. */
export const held: object[] = [];
