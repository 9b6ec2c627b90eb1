import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { folderWith } from './folders.ts';
import { compilers, tsc, type Compiler } from '../types/compilers.ts';

/** How a project may be set up. The third is that of Vite, Next.js and other bundlers, the fourth was TypeScript's own till 5.9. */
const projects = [
  { name: 'ESM', type: 'module', compilerOptions: { module: 'nodenext' } },
  { name: 'CommonJS', type: 'commonjs', compilerOptions: { module: 'nodenext' } },
  { name: 'a bundler', type: 'module', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
] as const;
const node10 = {
  name: 'node10',
  type: 'commonjs',
  compilerOptions: { module: 'commonjs', moduleResolution: 'node10' },
} as const;
type Project = (typeof projects)[number] | typeof node10;
const cases: readonly { compiler: Compiler; project: Project }[] = [
  ...compilers.flatMap((compiler) => projects.map((project) => ({ compiler, project }))),
  { compiler: compilers[0], project: node10 },
];

const APP = ['app.ts', 'next.ts'];
const USER = ['user.ts', 'next-user.ts'];
const fixtures = join(import.meta.dirname, 'fixtures');
const write = (path: string, content: object) => writeFileSync(path, JSON.stringify(content));

const withNext = folderWith({ next: 'next' });

/** Compiles one package into the `node_modules` of the next, which imports it by name. */
function build(compiler: Compiler, project: Project) {
  const root = join(withNext, `${project.name}-${compiler.version}`.replaceAll(' ', '-'));
  const [app, user] = [join(root, 'app'), join(root, 'user')];
  const emitted = join(user, 'node_modules/events-app');
  mkdirSync(app, { recursive: true });
  mkdirSync(emitted, { recursive: true });

  const compilerOptions = {
    ...project.compilerOptions,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    declaration: true,
    skipLibCheck: true,
  };
  write(join(app, 'package.json'), { type: project.type });
  write(join(user, 'package.json'), { type: project.type });
  write(join(emitted, 'package.json'), { name: 'events-app', type: project.type, main: './app.js' });
  write(join(app, 'tsconfig.json'), {
    compilerOptions: { ...compilerOptions, outDir: emitted },
    files: APP,
  });
  write(join(user, 'tsconfig.json'), {
    compilerOptions: { ...compilerOptions, outDir: 'out' },
    files: USER,
  });
  for (const file of APP) copyFileSync(join(fixtures, file), join(app, file));
  for (const file of USER) copyFileSync(join(fixtures, file), join(user, file));

  const errors = tsc(compiler, app, '-p', '.') + tsc(compiler, user, '-p', '.');
  const read = (path: string) => readFileSync(path, 'utf8');
  const declarations = [
    ...APP.map((file) => read(join(emitted, file.replace('.ts', '.d.ts')))),
    ...USER.map((file) => read(join(user, 'out', file.replace('.ts', '.d.ts')))),
  ];
  return { errors, declarations };
}

describe.for(cases)('$project.name, TypeScript $compiler.version', ({ compiler, project }) => {
  test('a package emits declarations, and another is typed by them', () => {
    const { errors, declarations } = build(compiler, project);
    expect(errors).toBe('');
    // Nothing is any that was not written so, and no path of this machine is named.
    for (const text of declarations) expect(text).not.toMatch(/: any\b|node_modules|\.\.\//);
    const [app, next] = declarations;
    expect(app).toContain('EventRouter<import("trpc-events").EventApp<AppEvents, Context');
    expect(next).toContain('handler: (req: NextApiRequest, res: NextApiResponse<{');
  });
});

test.for(compilers)(
  'our declarations have no error in themselves, and need no Next.js, TypeScript $version',
  (compiler) => {
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
  },
);
