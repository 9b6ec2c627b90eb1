/** The package.json that npm users get, and the files that it leads to. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { inject } from 'vitest';

type Target = string | readonly string[] | { readonly [condition: string]: Target };
type Files = Readonly<Record<'types' | 'default', string>>;
interface Manifest {
  readonly repository: { readonly url: string };
  readonly scripts: Record<string, string>;
  readonly main: string;
  readonly types: string;
  readonly typesVersions: Target;
  readonly imports: Record<string, Target>;
  readonly exports: Record<string, string | Readonly<Record<'import' | 'require', Files>>>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta: Record<string, object>;
  readonly homepage: string;
  readonly bugs: object;
}

export const packageFolder = join(inject('installed'), 'node_modules/trpc-events');
const read = (path: string) => readFileSync(join(packageFolder, path), 'utf8');
export const manifest = JSON.parse(read('package.json')) as Manifest;

/** The entry points that have code. */
export const entries = Object.entries(manifest.exports).flatMap(([name, files]) =>
  typeof files === 'string' ? [] : [{ name, specifier: posix.join('trpc-events', name), files }],
);

export function targetsOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(targetsOf);
}

/** Returns the names of the modules that a file imports, without those in the examples of its comments. */
export function importsOf(path: string): string[] {
  if (!/\.[cm][jt]s$/.test(path)) return [];
  const imports = read(path).matchAll(
    /^(?!\s*\*).*(?:\bfrom\s*|\bimport[\s(]*|\brequire\()["']([\w#@./:-]+)["']/gm,
  );
  return [...new Set(Array.from(imports, ([, name = '']) => name))];
}

/** Returns these files and all that they reach by relative imports. Declarations reach declarations. */
export function reachedFrom(paths: readonly string[]): string[] {
  const reached = new Set(paths.map((path) => posix.normalize(path)));
  for (const path of reached) {
    for (const name of importsOf(path).filter((name) => name.startsWith('.'))) {
      const file = posix.join(posix.dirname(path), name);
      reached.add(/\.d\.[cm]ts$/.test(path) ? file.replace(/\.([cm])js$/, '.d.$1ts') : file);
    }
  }
  return [...reached].sort();
}
