import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { APPS } from './setup.ts';

const root = resolve(import.meta.dirname, '../../..');
/** The commands of Next.js and of the compiler. */
export const NEXT = join(root, 'node_modules/next/dist/bin/next');
export const TSC = join(root, 'node_modules/typescript/bin/tsc');

/** The `instrumentation.ts` of docs/platforms/nextjs.md, which makes the first request behave like all others. */
export const INSTRUMENTATION = "import 'trpc-events/next';\n";

/**
 * The variants of the fixtures: `app` as it is, with an `instrumentation.ts`, or without `serverExternalPackages`, and
 * `layouts` as it is, or without `serverExternalPackages`.
 */
export type Variant = 'plain' | 'instrumented' | 'bundled' | 'layouts' | 'layouts-bundled';

/** Copies a fixture, and the library into its node_modules as npm does it, because a link would be bundled. */
export function copyApp(name: string): string {
  const folder = join(APPS, name);
  const fixture = name.startsWith('layouts') ? 'layouts' : 'app';
  cpSync(join(import.meta.dirname, 'fixtures', fixture), folder, { recursive: true });
  const installed = join(folder, 'node_modules/trpc-events');
  for (const path of ['package.json', 'dist'])
    cpSync(join(root, path), join(installed, path), { recursive: true });
  return folder;
}

/** Returns the environment of Next's processes, which write what becomes of events to the file `record`. */
export function environment(folder: string, record: string): NodeJS.ProcessEnv {
  return {
    // Next gets only these variables, because vitest sets NODE_ENV and more, which Next must not see.
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NEXT_TELEMETRY_DISABLED: '1',
    RECORD: record,
    ...(folder.endsWith('bundled') && { BUNDLED: '1' }),
  };
}

/** Returns the folder of a built variant. The first call for a variant builds it. */
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

/** A line of the file that the app writes. */
export interface Line {
  readonly note: string;
  /** The listener that handled the event. */
  readonly by?: string;
  /** True if the client had its whole answer before the listener ended. */
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

/** The lines of an event that one listener handled once, without delaying the client's answer. */
export const handled = (note: string): Line[] => [{ note, by: 'version 1', answered: true }];
/** The lines of an event that was dropped because its call failed. */
export const dropped = (note: string): Line[] => [{ note, dropped: 'failed' }];
