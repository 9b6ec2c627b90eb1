import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

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
  const env: Record<string, string | undefined> = process.env;
  const { NODE_ENV } = env;
  // Vite would compile a different page in development.
  env['NODE_ENV'] = 'production';
  const built = await compile();
  if (NODE_ENV === undefined) delete env['NODE_ENV'];
  else env['NODE_ENV'] = NODE_ENV;
  const { output } = Array.isArray(built)
    ? built[0]!
    : (built as Exclude<typeof built, { close(): unknown }>);
  const scripts = output.filter((file) => file.type === 'chunk');
  const styles = output.filter((file) => file.type === 'asset');
  if (scripts.length !== 1 || styles.length !== 1) {
    const names = output.map(({ fileName }) => fileName).join(', ');
    throw new Error(`The page must be one script and one style sheet, and is ${names}.`);
  }
  return {
    html: await readFile(join(ROOT, 'page.html'), 'utf8'),
    script: scripts[0]!.code,
    style: String(styles[0]!.source).replace(/\n?\/\*\$vite\$:\d+\*\/\s*$/, ''),
  };
}

function compile() {
  return build({
    root: ROOT,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    mode: 'production',
    plugins: [keepStyles],
    css: { modules: { generateScopedName: shortNames() } },
    oxc: {
      jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' },
      jsxInject: "import { h, Fragment } from 'preact';",
    },
    build: {
      write: false,
      // The first versions that know `light-dark()`, so that it stays as it is written.
      target: ['chrome123', 'firefox120', 'safari17.5'],
      cssCodeSplit: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(ROOT, 'main.tsx'),
        checks: { bundlerTimings: false }, // they depend on how busy the machine is
        // A warning is an error, such as one about a class that no style sheet has.
        onLog(level, { message }) {
          if (level === 'warn') throw new Error(message);
        },
        output: { format: 'es', codeSplitting: false },
      },
    },
  });
}

/** Keeps a module's styles. Its class names are inlined where they are used, so it becomes empty, and Vite would drop it. */
const keepStyles: Plugin = {
  name: 'keep-styles',
  transform: {
    order: 'post',
    filter: { id: /\.module\.css$/ },
    handler: (code) => ({ code, moduleSideEffects: 'no-treeshake' }),
  },
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Numbers the classes of all style sheets, because readable names were a tenth of all bytes. This is done in advance,
 * because Vite reads the sheets in a different order each time. A name is a letter, plus a digit from the 53rd class on.
 * So it is never a class of `base.css`, or a word such as `ad`, which ad blockers hide.
 */
function shortNames(): (name: string, file: string) => string {
  const sheets = globSync(join(ROOT, '**/*.module.css')).sort();
  const classes = sheets.flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(/\.([a-z]\w*)/gi), ([, name]) => `${file} ${name}`),
  );
  const numbers = [...new Set(classes)];
  return (name, file) => {
    const number = numbers.indexOf(`${file} ${name}`);
    if (number < 0) throw new Error(`The class ${name} of ${file} has no number.`);
    return `${LETTERS[number % LETTERS.length]}${Math.floor(number / LETTERS.length) || ''}`;
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
