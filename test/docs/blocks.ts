import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/** The blocks of one language on a page, without their imports: what those give is given when they run. */
export function blocksOf(page: string, language = 'ts'): string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'));
  return Array.from(blocks, ([, code]) =>
    language === 'ts' ? code!.replaceAll(/^import .*\n/gm, '') : code!,
  );
}

/** Runs a block with what it takes as given, and gives back what it declares under a name. */
export async function runBlock(
  block: string,
  given: Record<string, unknown>,
  declared = 'undefined',
): Promise<unknown> {
  const body = `return (async () => { ${stripTypeScriptTypes(block)}\nreturn ${declared}; })();`;
  // oxlint-disable-next-line typescript/no-implied-eval -- what the docs say is what is run
  return new Function(...Object.keys(given), body)(...Object.values(given)) as Promise<unknown>;
}
