import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../src/page');

/** The page of the inspector as texts. */
export interface BuiltPage {
  /** The HTML, with `%BASE%` in place of the path that the inspector is mounted at. */
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** Compiles `src/page` to one script and one style sheet. Nothing is written to the disk. */
export async function buildPage(): Promise<BuiltPage> {
  const built = await build({
    root: ROOT,
    configFile: false,
    envFile: false,
    logLevel: 'warn',
    mode: 'production',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      write: false,
      // The first versions that know `light-dark()`, so that it stays as it is written.
      target: ['chrome123', 'firefox120', 'safari17.5'],
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(ROOT, 'main.tsx'),
        output: { format: 'es', codeSplitting: false },
      },
    },
  });
  const { output } = Array.isArray(built) ? built[0]! : (built as Exclude<typeof built, { close(): unknown }>);
  const scripts = output.filter((file) => file.type === 'chunk');
  const styles = output.filter((file) => file.type === 'asset');
  if (scripts.length !== 1 || styles.length !== 1) {
    const names = output.map(({ fileName }) => fileName).join(', ');
    throw new Error(`The page must be one script and one style sheet, and is ${names}.`);
  }
  return {
    html: await readFile(join(ROOT, 'page.html'), 'utf8'),
    script: scripts[0]!.code,
    style: String(styles[0]!.source),
  };
}

/** Writes a module that has the shape of `src/inspector/serve/built-page.ts`. */
export async function pageModule(): Promise<string> {
  const { html, script, style } = await buildPage();
  const text = (value: string) => JSON.stringify(value);
  return [
    `const html = ${text(html)};`,
    'export const page = {',
    "  html: (base) => html.replaceAll('%BASE%', () => base),",
    `  script: ${text(script)},`,
    `  style: ${text(style)},`,
    '};',
  ].join('\n');
}
