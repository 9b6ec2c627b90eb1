/** The time that an entry point takes to load, and its size. Needs `npm run build` first. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { interval, type Line, type Table } from './report.ts';

const root = join(import.meta.dirname, '..');
interface Manifest {
  readonly exports: Record<string, string | { readonly import: { readonly default: string } }>;
}

/** Returns the ms that a new process takes, with a module or without one. */
function start(file: string | undefined): number {
  const code = file === undefined ? '' : `await import(${JSON.stringify(file)})`;
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} doesn't load: ${stderr}`);
  return performance.now() - begun;
}

/** Returns the bytes of an entry point, minified and gzipped, without other packages. */
async function sizeOf(file: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  return gzipSync(outputFiles[0]!.contents).length;
}

export async function* startup(rounds: number): AsyncGenerator<Table> {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const files = Object.entries(exports).flatMap(([name, files]) =>
    typeof files === 'string'
      ? []
      : [{ name: `trpc-events${name.slice(1)}`, file: join(root, files.import.default) }],
  );
  const samples = new Map(files.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < Math.max(5, rounds / 6); round++) {
    const nothing = start(undefined);
    for (const { name, file } of files) samples.get(name)!.push(start(file) - nothing);
  }
  const lines: Line[] = [];
  for (const { name, file } of files) {
    const size = ((await sizeOf(file)) / 1000).toFixed(1);
    lines.push({ name, figures: `${interval(samples.get(name)!).median.toFixed(0)} ms, ${size} kB` });
  }
  yield {
    title:
      'Loading an entry point in a new process, and its bytes, minified and gzipped, without other packages',
    lines,
    raw: Object.fromEntries(samples),
  };
}
