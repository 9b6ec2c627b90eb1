import { afterEach, expect, test, vi } from 'vitest';
import { auto, inline } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import { e, eventually } from '../trpc/app.ts';
import { makeRouter } from './platform-app.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('auto() prints one line about an unknown platform: what it assumes, and how to choose otherwise', async () => {
  const lines = expectConsole();
  vi.stubGlobal('process', undefined);
  const defer = auto();
  vi.unstubAllGlobals();
  await using app = makeRouter({ defer });
  await app.createCaller({}).note();
  await app.createCaller({}).note();
  expect(lines).toEqual([
    expect.stringMatching(
      /^trpc-events: auto\(\) does not know this platform.*nothing keeps the process alive.*before the call returns.*waitUntil\(.*afterResponse\(.*inline\(\)/,
    ),
  ]);
});

/** Stubs Deno, as started with `--allow-env=` for these variables only: reading another one throws. */
function stubDeno(...allowed: readonly string[]): void {
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get(_, name) {
        if (allowed.includes(String(name))) return undefined;
        throw new Error(`Requires env access to ${String(name)}`);
      },
    },
  );
  vi.stubGlobal('process', { env, versions: { node: '24.0.0', deno: '2.9.6' } });
  vi.stubGlobal('Deno', {
    permissions: {
      querySync: ({ variable }: { variable: string }) => ({
        state: allowed.includes(variable) ? 'granted' : 'prompt',
      }),
    },
  });
}

test('if Deno may not read the variables that tell the platform, the caller waits, and a line names them', async () => {
  const lines = expectConsole();
  stubDeno('NODE_ENV');
  const defer = auto();
  const bus = e.bus({ handlers: [e.router().on('noted', () => {})], createContext: () => ({}) });
  await bus.publish('noted', 'note');
  vi.unstubAllGlobals();
  await using app = makeRouter({ defer });
  await app.createCaller({}, { signal: new AbortController().signal }).note();
  expect(app.handled).toEqual(['note']);
  expect(lines).toEqual([
    expect.stringMatching(
      /may not read.*--allow-env=AWS_LAMBDA_FUNCTION_NAME,K_SERVICE lets it.*nothing keeps the process alive/,
    ),
  ]);
});

test('if Deno may read the variables that tell the platform, auto() sees that nothing freezes the process', () => {
  stubDeno('AWS_LAMBDA_FUNCTION_NAME', 'K_SERVICE');
  expect(auto().freezes).toBe(false);
});

test('a strategy that was chosen by hand prints nothing on an unknown platform', async () => {
  vi.stubGlobal('process', undefined);
  const defer = inline();
  vi.unstubAllGlobals();
  await using app = makeRouter({ defer });
  await app.createCaller({}).note();
  expect(app.handled).toEqual(['note']);
});

test('a machine with the variables of `vercel env pull` is not taken for Vercel', async () => {
  vi.stubEnv('VERCEL', '1');
  vi.stubEnv('VERCEL_ENV', 'development');
  await using app = makeRouter({ defer: auto() });
  const { signal } = new AbortController();
  await app.createCaller({}, { signal }).note();
  expect(app.handled).toEqual([]);
  await eventually(() => expect(app.handled).toEqual(['note']));
});
