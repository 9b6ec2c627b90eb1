import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { folder, next } from './next.ts';
import { refuse } from './options.ts';

const root = resolve(folder, '..');
/** The file that Next writes when a build is done. */
const built = join(folder, '.next/BUILD_ID');

export async function buildIfChanged(): Promise<void> {
  if (!existsSync(join(root, 'dist/index.mjs')))
    refuse('trpc-events is not built yet. Run in its folder: npm ci');
  if (existsSync(built) && modified(built) > Math.max(...inputs().map(modified))) return;
  console.log('Building the shop: this takes some seconds.');
  const build = next('build');
  const [output, errors, [code]] = await Promise.all([
    text(build.stdout!),
    text(build.stderr!),
    once(build, 'close'),
  ]);
  if (code !== 0) refuse(`The build failed.\n${output}${errors}`);
}

/** Returns the files that the build depends on. */
function inputs(): string[] {
  const own = globSync('{app,components,pages,server,story,trpc}/**/*.*', { cwd: folder });
  const config = ['instrumentation.ts', 'next.config.ts', 'tsconfig.json', 'package.json'];
  const library = globSync('dist/*', { cwd: root });
  return [
    ...[...own, ...config].map((path) => join(folder, path)),
    ...[...library, 'node_modules/.package-lock.json'].map((path) => join(root, path)),
  ];
}

function modified(path: string): number {
  return statSync(path).mtimeMs;
}
