import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const here = join(import.meta.dirname, 'processes');

/** Runs `copies.ts`, where the API of `copy` is 1.9, and everything else has 1.10. */
function run(copy: 'app' | 'src' | 'none', env: NodeJS.ProcessEnv = {}) {
  const preload = copy === 'none' ? [] : ['--import', join(here, 'use-sdk-2.ts')];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...preload, join(here, 'copies.ts')], {
    env: { ...process.env, OTEL_COPY: copy, NODE_ENV: 'development', ...env },
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: expect.any(String) as string, status: 0 });
  return { ...(JSON.parse(stdout) as { seen: string[]; spans: string[] }), stderr };
}

const SPANS = Array.from({ length: 3 }, () => ['create cat.spotted', 'log cat.spotted']).flat();
const LINE =
  "trpc-events: Nothing is traced: the OpenTelemetry SDK was registered by @opentelemetry/api 1.9.1, and trpc-events/otel has 1.10.0, which doesn't see it. Install one version for both; `npm ls @opentelemetry/api` lists them.\n";

it('A copy of API 1.10 does not see an SDK that API 1.9 has registered: one line says so, and nothing throws.', () => {
  expect(run('app')).toEqual({ seen: ['Tom', 'Kit', 'Sam'], spans: [], stderr: LINE });
});

it('In production, nothing says so.', () => {
  expect(run('app', { NODE_ENV: 'production' })).toEqual({
    seen: ['Tom', 'Kit', 'Sam'],
    spans: [],
    stderr: '',
  });
});

it.each(['src', 'none'] as const)('Where it is seen, everything is traced (another copy: %s).', (copy) => {
  expect(run(copy)).toEqual({ seen: ['Tom', 'Kit', 'Sam'], spans: SPANS, stderr: '' });
});
