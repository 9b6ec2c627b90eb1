import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { compilers, tsc, type Compiler } from '../types/compilers.ts';

/** How a project may be set up. The third is that of Vite, Next.js and other bundlers. */
const projects = [
  { name: 'ESM', type: 'module', compilerOptions: { module: 'nodenext' } },
  { name: 'CommonJS', type: 'commonjs', compilerOptions: { module: 'nodenext' } },
  { name: 'a bundler', type: 'module', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
] as const;
const cases = compilers.flatMap((compiler) => projects.map((project) => ({ compiler, project })));

const fixtures = join(import.meta.dirname, 'fixtures');
const write = (path: string, content: object) => writeFileSync(path, JSON.stringify(content));

/** Compiles one package into the `node_modules` of the next, which imports it by name. */
function build(compiler: Compiler, project: (typeof projects)[number]) {
  const root = join(inject('installed'), `${project.name}-${compiler.version}`.replaceAll(' ', '-'));
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
    files: ['app.ts'],
  });
  write(join(user, 'tsconfig.json'), {
    compilerOptions: { ...compilerOptions, outDir: 'out' },
    files: ['user.ts'],
  });
  copyFileSync(join(fixtures, 'app.ts'), join(app, 'app.ts'));
  copyFileSync(join(fixtures, 'user.ts'), join(user, 'user.ts'));

  const errors = tsc(compiler, app, '-p', '.') + tsc(compiler, user, '-p', '.');
  const read = (path: string) => readFileSync(path, 'utf8');
  return { errors, app: read(join(emitted, 'app.d.ts')), user: read(join(user, 'out/user.d.ts')) };
}

describe.for(cases)('$project.name, TypeScript $compiler.version', ({ compiler, project }) => {
  test('a package emits declarations, and another is typed by them', () => {
    const { errors, app, user } = build(compiler, project);
    expect(errors).toBe('');
    // Nothing is any that was not written so, and no path of this machine is named.
    for (const declarations of [app, user]) expect(declarations).not.toMatch(/: any\b|node_modules|\.\.\//);
    expect(app).toContain('EventRouter<import("trpc-events").EventApp<AppEvents, Context');
  });
});

test.for(compilers)('our declarations have no error in themselves, TypeScript $version', (compiler) => {
  const folder = join(inject('installed'), `itself-${compiler.version}`);
  mkdirSync(folder);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    strict: true,
    noEmit: true,
  };
  write(join(folder, 'tsconfig.json'), { compilerOptions: { ...compilerOptions, skipLibCheck: false } });
  for (const file of ['esm.mts', 'commonjs.cts']) {
    writeFileSync(join(folder, file), `export type { EventsBuilder } from 'trpc-events';`);
  }
  expect(tsc(compiler, folder, '-p', '.')).toBe('');
});
