import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { compilers, tsc, type Compiler } from '../types/compilers.ts';
import { folderWith } from './folders.ts';

/** Ways to set up a project. The third is for Vite, Next.js and other bundlers. */
const PROJECTS = [
  { name: 'ESM', type: 'module', compilerOptions: { module: 'nodenext' } },
  { name: 'CommonJS', type: 'commonjs', compilerOptions: { module: 'nodenext' } },
  { name: 'a bundler', type: 'module', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
];
/** The resolution for CommonJS before TypeScript 6. It ignores `exports`, so package.json has `typesVersions`. */
const NODE_10 = {
  name: 'node10',
  type: 'commonjs',
  compilerOptions: { module: 'commonjs', moduleResolution: 'node10' },
};
type Project = (typeof PROJECTS)[number];
const projectsOf = ({ version }: Compiler) => (version === '5.9' ? [...PROJECTS, NODE_10] : PROJECTS);

/** The files of one package, and those of another package that imports it. */
const APP = ['app.ts', 'next.ts', 'testing.ts', 'otel.ts'];
const USER = ['user.ts', 'next-user.ts', 'testing-user.ts'];

const fixtures = join(import.meta.dirname, 'fixtures');
const write = (path: string, content: object) => writeFileSync(path, JSON.stringify(content));
const withNext = folderWith({ next: 'next', '@opentelemetry/api': '@opentelemetry/api' });

/** Returns the folders of both packages. The first is emitted into the `node_modules` of the second. */
const foldersOf = (compiler: Compiler, { name }: Project) => {
  const root = join(withNext, `${name}-${compiler.version}`.replaceAll(' ', '-'));
  const user = join(root, 'user');
  return { app: join(root, 'app'), user, emitted: join(user, 'node_modules/events-app') };
};

function writeProject(compiler: Compiler, project: Project): void {
  const { app, user, emitted } = foldersOf(compiler, project);
  mkdirSync(emitted, { recursive: true });
  write(join(emitted, 'package.json'), { name: 'events-app', type: project.type, main: './app.js' });
  const both = [
    { folder: app, files: APP, outDir: emitted },
    { folder: user, files: USER, outDir: join(user, 'out') },
  ];
  for (const { folder, files, outDir } of both) {
    mkdirSync(folder, { recursive: true });
    for (const file of files) copyFileSync(join(fixtures, file), join(folder, file));
    write(join(folder, 'package.json'), { type: project.type });
    const compilerOptions = {
      ...project.compilerOptions,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      declaration: true,
      skipLibCheck: true,
      outDir,
    };
    write(join(folder, 'tsconfig.json'), { compilerOptions, files });
  }
}

describe.for(compilers)('TypeScript $version', (compiler) => {
  const projects = projectsOf(compiler);
  beforeAll(() => {
    for (const project of projects) writeProject(compiler, project);
  });

  // `tsc -b` uses a single process, which reads files that the projects share only once.
  test.for(['app', 'user'] as const)('each $0 package compiles', (which) => {
    const folders = projects.map((project) => foldersOf(compiler, project)[which]);
    expect(tsc(compiler, withNext, '-b', ...folders)).toBe('');
  });

  test.for(projects)('no type becomes any in the emitted declarations: $name', (project) => {
    const { emitted, user } = foldersOf(compiler, project);
    const emittedIn = (folder: string, files: readonly string[]) =>
      files.map((file) => readFileSync(join(folder, file.replace('.ts', '.d.ts')), 'utf8'));
    const declarations = [...emittedIn(emitted, APP), ...emittedIn(join(user, 'out'), USER)];
    // The sources write no `any`, so there must be none. A path of this machine must not be named either.
    for (const text of declarations) expect(text).not.toMatch(/: any\b|node_modules|\.\.\//);
    const [app, next] = declarations;
    expect(app).toContain('EventRouter<import("trpc-events").EventApp<AppEvents, Context');
    expect(next).toContain('handler: (req: NextApiRequest, res: NextApiResponse<{');
  });

  test('our declarations have no errors of their own, and need no Next.js', () => {
    const folder = join(inject('installed'), `itself-${compiler.version}`);
    mkdirSync(folder);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      skipDefaultLibCheck: true,
    };
    write(join(folder, 'tsconfig.json'), { compilerOptions });
    for (const file of ['esm.mts', 'commonjs.cts']) {
      copyFileSync(join(fixtures, 'without-next.ts'), join(folder, file));
    }
    expect(existsSync(join(inject('installed'), 'node_modules/next'))).toBe(false);
    expect(tsc(compiler, folder, '-p', '.')).toBe('');
  });
});
