import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const FIXTURES = 'test/package/fixtures/docs/files';

/** A code block in TypeScript. */
export interface Block {
  /** The file and the line, for messages. */
  readonly where: string;
  readonly code: string;
  /**
   * The file that the block is, on a page whose blocks import one another, if its first line is a comment with only a
   * path: `// server/bus.ts`.
   */
  readonly file?: string | undefined;
}

/** Returns the TypeScript blocks of a file: those of Markdown as they are, those of docstrings without their stars. */
export function blocksIn(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8');
  const hasFiles = file.endsWith('.md') && /^(import|\}) .*from '\.\.?\//m.test(text);
  return Array.from(text.matchAll(/^( *(?:\* )?)```tsx?\n(.*?)^ *(?:\* )?```/gms), (match) => {
    const code = match[2]!.replaceAll(/^ *\* ?/gm, (star) => (match[1]!.includes('*') ? '' : star));
    return {
      where: `${file}:${text.slice(0, match.index).split('\n').length}`,
      code,
      file: hasFiles ? /^\/\/ ([\w@.()[\]/-]+\.tsx?)\n/.exec(code)?.[1] : undefined,
    };
  });
}

/** Pages that continue another page, and use its files. */
const GOES_ON: Readonly<Record<string, string>> = { 'getting-started.md': 'getting-started-app.md' };

/** Pages that show all files that their blocks import. */
const COMPLETE = new Set(['README.md']);

/**
 * Returns the files that the blocks of a page import and the page leaves to its reader, such as `db.ts`: those of the
 * page that it goes on from, those of the fixture folder with the page's name, and those that all pages share.
 */
export function givenFiles(page: string): Map<string, string> {
  const files = new Map<string, string>();
  if (COMPLETE.has(page)) return files;
  const before = GOES_ON[page];
  if (before !== undefined)
    for (const { file, code } of blocksIn(`docs/${before}`)) if (file !== undefined) files.set(file, code);
  for (const folder of ['shared', page.replace('.md', '')]) {
    for (const path of globSync('**/*.{ts,tsx}', { cwd: join(root, FIXTURES, folder) }))
      files.set(path, readFileSync(join(root, FIXTURES, folder, path), 'utf8'));
  }
  return files;
}
