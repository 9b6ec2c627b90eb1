import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runCases, type Served } from './cases.ts';
import { startChild, type Child } from './child.ts';
import { CASE_NAMES, type CaseName, type Results } from './results.ts';
import { RUNTIMES, type Runtime, type RuntimeName } from './runtimes.ts';
import { startMatrixWorker } from './workerd.ts';

/** The setting in which all platforms run. */
export interface Setting {
  /** The folder with the package and the application. */
  readonly folder: string;
  readonly runtimes: ReadonlyMap<RuntimeName, Runtime>;
  /** Resolves when the Next.js app is built. */
  readonly nextBuilt: Promise<unknown>;
}

/** A line of the table. */
export interface Platform {
  readonly name: string;
  /** The runtime that this platform needs. */
  readonly runtime: RuntimeName;
  run(setting: Setting): Promise<Results>;
}

/** The time limit for all cases of a platform, in ms. */
const LIMIT = 100_000;

export const PLATFORMS: readonly Platform[] = [
  ...RUNTIMES.map(callers),
  ...(['Node 22', 'Node 24', 'Node 26'] as const).flatMap((runtime) => [
    server(runtime, 'standalone', { flushes: 'response' }),
    server(runtime, 'http2', { flushes: 'response', protocol: 'http2' }),
    server(runtime, 'express', { flushes: 'response', routes: 'response' }),
    server(runtime, 'fastify', { flushes: 'response', routes: 'response' }),
    server(runtime, 'fetch', { flushes: 'response', routes: 'response' }),
    server(runtime, 'ws', { flushes: 'timer' }),
  ]),
  // Bun's node:http announces no responses: only the response object itself tells when it closes.
  server('Bun', 'standalone', { flushes: 'timer', mayLack: true }),
  server('Bun', 'standalone', { flushes: 'response', mayLack: true }, 'res on ctx'),
  server('Bun', 'http2', { flushes: 'timer', protocol: 'http2', mayLack: true }),
  server('Bun', 'express', { flushes: 'timer', routes: 'response', mayLack: true }),
  server('Bun', 'express', { flushes: 'response', routes: 'response', mayLack: true }, 'res on ctx'),
  server('Bun', 'fastify', { flushes: 'timer', routes: 'response', mayLack: true }),
  server('Bun', 'fastify', { flushes: 'response', routes: 'response', mayLack: true }, 'res on ctx'),
  server('Bun', 'fetch', { flushes: 'timer', routes: 'timer' }),
  server('Bun', 'ws', { flushes: 'timer', mayLack: true }),
  server('Deno', 'standalone', { flushes: 'response', mayLack: true }),
  server('Deno', 'http2', { flushes: 'response', protocol: 'http2', mayLack: true }),
  server('Deno', 'express', { flushes: 'response', routes: 'response', mayLack: true }),
  server('Deno', 'fastify', { flushes: 'response', routes: 'response', mayLack: true }),
  server('Deno', 'fetch', { flushes: 'timer', routes: 'timer' }),
  server('Deno', 'ws', { flushes: 'timer', mayLack: true }),
  ...(['Node 22', 'Node 24'] as const).flatMap((runtime) => [
    lambda(runtime, 'lambda'),
    lambda(runtime, 'lambda-streaming'),
  ]),
  worker([], { lacksStorage: true, hidesLeaving: true }),
  worker(['nodejs_als'], { hidesLeaving: true }),
  worker(['nodejs_compat', 'enable_request_signal'], {}),
  next('app router', '/api/trpc'),
  next('pages router', '/api/pages'),
];

type Judged = Omit<Served, 'url' | 'marks'>;

function callers(runtime: RuntimeName): Platform {
  return {
    name: `${runtime}, direct callers`,
    runtime,
    async run(setting) {
      await using child = start(setting, runtime, ['callers.ts']);
      const lines = (await child.ended).split('\n').filter((line) => line.startsWith('{"name"'));
      const found = new Map(
        lines.map((line) => {
          const { name, error } = JSON.parse(line) as { name: CaseName; error?: string };
          return [name, error === undefined ? { is: 'ok' } : { is: 'failed', reason: error }] as const;
        }),
      );
      const missing = { is: 'failed', reason: 'it was not run' } as const;
      return Object.fromEntries(CASE_NAMES.map((name) => [name, found.get(name) ?? missing])) as Results;
    },
  };
}

function server(runtime: RuntimeName, adapter: string, judged: Judged, context?: 'res on ctx'): Platform {
  return {
    name: `${runtime}, ${adapter}${context === undefined ? '' : `, ${context}`}`,
    runtime,
    async run(setting) {
      const marks = makeMarks(setting);
      const args = ['serve.ts', adapter, marks, ...(context === undefined ? [] : [context])];
      await using child = start(setting, runtime, args);
      const [, url] = await child.prints(/serves (\S+)/);
      return await runCases({ ...judged, url: url!, marks });
    },
  };
}

function lambda(runtime: RuntimeName, adapter: 'lambda' | 'lambda-streaming'): Platform {
  return {
    name: `AWS Lambda, ${adapter === 'lambda' ? 'buffered' : 'streaming'}, ${runtime}`,
    runtime,
    async run(setting) {
      const marks = makeMarks(setting);
      const env = { AWS_LAMBDA_FUNCTION_NAME: 'matrix' };
      await using child = start(setting, runtime, ['serve.ts', adapter, marks], env);
      const [, url] = await child.prints(/serves (\S+)/);
      return await runCases({ url: url!, marks, flushes: 'inline', hidesLeaving: true });
    },
  };
}

function worker(flags: readonly string[], judged: Omit<Judged, 'flushes'>): Platform {
  return {
    name: `workerd, ${flags.join(' and ') || 'no flags'}`,
    runtime: 'Node 24',
    async run(setting) {
      const marks = makeMarks(setting);
      await using worker = await startMatrixWorker(join(setting.folder, 'worker.ts'), flags, marks);
      return await runCases({ ...judged, url: worker.url, marks, flushes: 'waitUntil', routes: 'waitUntil' });
    },
  };
}

function next(name: string, path: string): Platform {
  return {
    name: `Next.js, ${name}, next start`,
    runtime: 'Node 24',
    async run(setting) {
      await setting.nextBuilt;
      const marks = makeMarks(setting);
      const args = ['node_modules/next/dist/bin/next', 'start', '--port', '0', '--hostname', '127.0.0.1'];
      await using child = start(setting, 'Node 24', args, { MATRIX_MARKS: marks });
      const [, url] = await child.prints(/Local:\s+(http:\S+)[^]*Ready/);
      return await runCases({ url: url! + path, marks, flushes: 'response' });
    },
  };
}

/** Builds the app that the two Next.js platforms serve. */
export async function buildNext(folder: string): Promise<void> {
  await using child = startChild(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    cwd: folder,
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    limit: 180_000,
  });
  await child.ended;
}

function start(
  { folder, runtimes }: Setting,
  runtime: RuntimeName,
  args: readonly string[],
  env: Record<string, string> = {},
): Child {
  const found = runtimes.get(runtime);
  if (found?.is !== 'here') throw new Error(`${runtime} is not installed`);
  const all = runtime === 'Deno' ? ['run', ...denoPermissions(args), ...args] : args;
  return startChild(found.path, all, {
    cwd: folder,
    env: { NEXT_TELEMETRY_DISABLED: '1', ...env },
    limit: LIMIT,
  });
}

/** Grants only what tRPC and `auto()` need if nothing else runs. express, fastify and ws read much of the environment. */
function denoPermissions(args: readonly string[]): readonly string[] {
  if (!args.includes('fetch')) return ['--allow-all'];
  const variables = 'NODE_ENV,AWS_LAMBDA_FUNCTION_NAME,K_SERVICE';
  return ['--no-prompt', '--allow-net', '--allow-read', '--allow-write', `--allow-env=${variables}`];
}

const makeMarks = ({ folder }: Setting) => mkdtempSync(join(folder, 'marks-'));
