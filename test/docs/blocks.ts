import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/** Returns a page's code blocks of one language, without imports and `export`: `runBlock` gets what they import as `given`. */
export function blocksOf(page: string, language = 'ts'): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return Array.from(blocks, ([, code]) =>
    language === 'ts' ? code!.replaceAll(/^import .*\n|^export /gm, '') : code!,
  );
}

/** Runs a block with the names that it assumes, and returns the value that it declares under one name. */
export async function runBlock(
  block: string,
  given: Record<string, unknown>,
  declared = 'undefined',
): Promise<unknown> {
  const body = `return (async () => { ${stripTypeScriptTypes(block)}\nreturn ${declared}; })();`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the code in the docs is what this tests
  return new Function(...Object.keys(given), body)(...Object.values(given)) as Promise<unknown>;
}
