import { join } from 'node:path';
import ts from 'ts60';
import { givenFiles, root, type Block } from './docs-blocks.ts';

const PRELUDE = join(root, 'test/package/fixtures/docs/prelude.ts');
const ENTRIES = {
  'trpc-events': 'index',
  'trpc-events/inspector': 'inspector/index',
  'trpc-events/inspector/story': 'story/index',
  'trpc-events/next': 'next/index',
  'trpc-events/pubsub': 'pubsub/index',
  'trpc-events/otel': 'otel/index',
  'trpc-events/queue': 'queue/index',
  'trpc-events/sqs': 'sqs/index',
  'trpc-events/testing': 'testing/index',
  'trpc-events/wire': 'wire/index',
};
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.ReactJSX,
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: ['node'],
  paths: Object.fromEntries(
    Object.entries(ENTRIES).map(([name, path]) => [name, [join(root, `src/${path}.ts`)]]),
  ),
};

/** Compiles each block as a module of its own beside the prelude. Returns the compiler's errors. */
export function compileAlone(blocks: readonly Block[]): string[] {
  const files = new Map<string, Source>(
    blocks.map(({ code, where }, i) => {
      const body = /^[^\n]*\byield tracked/m.test(code)
        ? `async function* block() {\n${code}}\nvoid block;`
        : code;
      return [join(root, 'test/package', `block-${i}.ts`), { text: `${body}\nexport {};\n`, where }];
    }),
  );
  return errorsIn(files, [PRELUDE]);
}

/**
 * Compiles the blocks that are files, with the imports between the files of a page. A file that a page shows twice is
 * compiled in its first and in its last version. Returns the compiler's errors.
 */
export function compileFiles(blocks: readonly Block[]): string[] {
  const files = new Map<string, Source>();
  for (const page of new Set(blocks.map(pageOf))) {
    const given = Array.from(givenFiles(page), ([file, code]) => ({ file, code, where: `${page}: ${file}` }));
    const shown = blocks.filter((block) => pageOf(block) === page);
    const folder = join(root, 'test/package/pages', page.replace('.md', ''));
    for (const [version, all] of [shown, shown.toReversed()].entries()) {
      for (const { code, file, where } of [...given, ...all.toReversed()])
        files.set(join(folder, String(version), file!), {
          text: file!.endsWith('.d.ts') ? code : `${code}\nexport {};\n`,
          where,
        });
    }
  }
  return [...new Set(errorsIn(files, []))];
}

const pageOf = ({ where }: Block) => where.replace(/^docs\//, '').replace(/:\d+$/, '');

interface Source {
  readonly text: string;
  readonly where: string;
}

/** The parsed sources and declarations that blocks import. All programs share them, as in a watching compiler. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function errorsIn(files: ReadonlyMap<string, Source>, others: readonly string[]): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  host.getSourceFile = (path, version) => {
    const source = files.get(path);
    if (source !== undefined) return ts.createSourceFile(path, source.text, version);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version));
    return parsed.get(path);
  };
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  host.directoryExists = (path) =>
    path.includes('/test/package/pages') ? !path.includes('node_modules') : directoryExists!(path);
  const program = ts.createProgram([...others, ...files.keys()], OPTIONS, host);
  return [...others, ...files.keys()].flatMap((path) => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText, start }) => {
        const { text, where } = files.get(path) ?? { text: '', where: path };
        const line = text.slice(0, start).split('\n').at(-1) ?? '';
        return `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} (after: ${line})`;
      },
    );
  });
}
