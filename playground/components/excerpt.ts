import 'server-only';

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExcerptOf } from './cards.ts';

/** Returns the lines of a region of a source file, without their common indent. */
export async function readExcerpt({ file, region }: ExcerptOf): Promise<string> {
  const source = await readFile(join(/* turbopackIgnore: true */ process.cwd(), file), 'utf8');
  const [, after] = source.split(`// #region ${region}\n`);
  const [part] = after?.split(/^ *\/\/ #endregion$/m) ?? [];
  if (part === undefined) throw new Error(`${file} has no region "${region}".`);
  const lines = part.trimEnd().split('\n');
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join('\n');
}
