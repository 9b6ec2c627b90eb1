import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'ts60';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const prelude = join(import.meta.dirname, 'fixtures/docs/prelude.ts');

interface Block {
  readonly where: string;
  readonly code: string;
}

/** Returns the TypeScript blocks of a file: those of Markdown as they are, those of docstrings without their stars. */
function blocksIn(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8');
  return Array.from(text.matchAll(/^( *(?:\* )?)```ts\n(.*?)^ *(?:\* )?```/gms), (match) => ({
    where: `${file}:${text.slice(0, match.index).split('\n').length}`,
    code: match[2]!.replaceAll(/^ *\* ?/gm, (star) => (match[1]!.includes('*') ? '' : star)),
  }));
}

/** Compiles each block as a module of its own beside the prelude. Returns the compiler's errors. */
function compile(blocks: readonly Block[]): string[] {
  const files = new Map(
    blocks.map(({ code }, i) => {
      const body = /^[^\n]*\byield tracked/m.test(code)
        ? `async function* block() {\n${code}}\nvoid block;`
        : code;
      return [join(root, 'test/package', `block-${i}.ts`), `${body}\nexport {};\n`];
    }),
  );
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
    paths: {
      'trpc-events': [join(root, 'src/index.ts')],
      'trpc-events/next': [join(root, 'src/next/index.ts')],
      'trpc-events/pubsub': [join(root, 'src/pubsub/index.ts')],
      'trpc-events/otel': [join(root, 'src/otel/index.ts')],
      'trpc-events/queue': [join(root, 'src/queue/index.ts')],
      'trpc-events/sqs': [join(root, 'src/sqs/index.ts')],
      'trpc-events/testing': [join(root, 'src/testing/index.ts')],
      'trpc-events/wire': [join(root, 'src/wire/index.ts')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (path, version) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, text, version);
  };
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  const program = ts.createProgram([prelude, ...files.keys()], options, host);
  const paths = [...files.keys()];
  return [prelude, ...paths].flatMap((path) =>
    program.getSemanticDiagnostics(program.getSourceFile(path)).map(({ messageText, start }) => {
      const block = blocks[paths.indexOf(path)];
      const line = files.get(path)?.slice(0, start).split('\n').at(-1) ?? '';
      return `${block?.where ?? 'prelude'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} (after: ${line})`;
    }),
  );
}

const files = ['README.md', ...globSync(['docs/**/*.md', 'src/**/*.ts'], { cwd: root })];

test('Each block of the README and the docs, and each example of a docstring, compiles.', () => {
  const blocks = files.flatMap(blocksIn);
  expect(blocks.length).toBeGreaterThan(30);
  expect(compile(blocks)).toEqual([]);
});

test('A block with a mistake is reported.', () => {
  const code = "ctx.dispatch('user.craeted', { id, email });";
  expect(compile([{ where: 'here', code }])).toEqual([expect.stringContaining('here: Argument of type')]);
});

test('The README is short, shows code before line 26, and shows the two commands that try out a clone.', () => {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
  expect(lines.indexOf('```ts')).toBeLessThan(25);
  expect(lines).toContain('npm ci && npm run playground');
  expect(lines).toContain('npm ci && npm test');
  expect(lines.length).toBeLessThan(200);
});
