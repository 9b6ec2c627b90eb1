import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { APPS } from './setup.ts';

const root = resolve(import.meta.dirname, '../../..');
/** The commands of Next.js and of the compiler. */
export const NEXT = join(root, 'node_modules/next/dist/bin/next');
export const TSC = join(root, 'node_modules/typescript/bin/tsc');

/** What stands in docs/platforms.md for the file that makes the first request like all others. */
export const INSTRUMENTATION = "import 'trpc-events/next';\n";

/** The fixture, as it is; with an `instrumentation.ts`; and without `serverExternalPackages`. */
export type Variant = 'plain' | 'instrumented' | 'bundled';

/** A copy of the fixture, with the library in its node_modules as npm installs it: a link would be bundled. */
export function copyApp(name: string): string {
  const folder = join(APPS, name);
  cpSync(join(import.meta.dirname, 'fixtures/app'), folder, { recursive: true });
  const installed = join(folder, 'node_modules/trpc-events');
  for (const path of ['package.json', 'dist'])
    cpSync(join(root, path), join(installed, path), { recursive: true });
  return folder;
}

/** The environment of Next's processes, which write down what becomes of events in the file `record`. */
export function environment(folder: string, record: string): NodeJS.ProcessEnv {
  return {
    // Vitest's own NODE_ENV, and what else it sets, is not for them.
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NEXT_TELEMETRY_DISABLED: '1',
    RECORD: record,
    ...(folder.endsWith('bundled') && { BUNDLED: '1' }),
  };
}

/** The folder of a built variant; the first that asks for it builds it. */
export async function builtApp(variant: Variant): Promise<string> {
  const folder = join(APPS, variant);
  if (existsSync(join(folder, '.next/BUILD_ID'))) return folder;
  copyApp(variant);
  if (variant === 'instrumented') writeFileSync(join(folder, 'instrumentation.ts'), INSTRUMENTATION);
  const next = spawn(process.execPath, [NEXT, 'build', '.'], {
    cwd: folder,
    env: environment(folder, join(folder, 'build.jsonl')),
  });
  let output = '';
  for (const stream of [next.stdout, next.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(next, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`next build failed:\n${output}`);
  writeFileSync(join(folder, 'build.log'), output);
  return folder;
}

/** A line of what the app has written down. */
export interface Line {
  readonly note: string;
  /** Which listener handled it. */
  readonly by?: string;
  /** Whether the client had its answer then. */
  readonly answered?: boolean;
  readonly dropped?: string;
  readonly error?: string;
}

export function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** A listener has handled the event of this note, when the client had its whole answer. */
export const handled = (note: string): Line[] => [{ note, by: 'version 1', answered: true }];
/** The event was dropped with its call. */
export const dropped = (note: string): Line[] => [{ note, dropped: 'failed' }];
