import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as platform from '../../src/defer/platform.ts';
import { azure } from '../../src/defer/platforms/azure.ts';
import { bun } from '../../src/defer/platforms/bun.ts';
import { cloudflare } from '../../src/defer/platforms/cloudflare.ts';
import { deno } from '../../src/defer/platforms/deno.ts';
import { edge } from '../../src/defer/platforms/edge.ts';
import { googleCloud } from '../../src/defer/platforms/google-cloud.ts';
import { lambda } from '../../src/defer/platforms/lambda.ts';
import { netlify } from '../../src/defer/platforms/netlify.ts';
import { node } from '../../src/defer/platforms/node.ts';
import type { Platform } from '../../src/defer/platforms/platform.ts';
import { vercel } from '../../src/defer/platforms/vercel.ts';
import * as library from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import * as apps from '../trpc/app.ts';

const VERCEL = Symbol.for('@vercel/request-context');
const NEXT = Symbol.for('@next/request-context');

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
  for (const key of [VERCEL, NEXT]) delete (globalThis as any)[key];
});

/** Signs by which a process can tell where it runs. */
interface Signs {
  readonly env?: Record<string, string>;
  /** The value of `process.versions`. Default: Node's. */
  readonly versions?: Record<string, string>;
  readonly userAgent?: string;
  readonly edge?: unknown;
  readonly netlify?: object;
  readonly process?: undefined;
}
const NODE = { node: '24.0.0' };
const CLOUDFLARE = 'Cloudflare-Workers';

/** Columns: the place, its signs, the platform that auto() must recognize, and whether that freezes the process. */
const PLATFORMS: readonly [string, Signs, Platform | undefined, boolean][] = [
  ['Node', {}, node, false],
  ['Node, as its navigator says', { userAgent: 'Node.js/24' }, node, false],
  ['Bun, which passes for Node', { versions: { ...NODE, bun: '1.4.5' }, userAgent: 'Bun/1.4.5' }, bun, false],
  [
    'Deno, which passes for Node',
    { versions: { ...NODE, deno: '2.9.6' }, userAgent: 'Deno/2.9.6' },
    deno,
    false,
  ],
  ['a Worker with nodejs_compat, which passes for Node', { userAgent: CLOUDFLARE }, cloudflare, true],
  ['a Worker without', { userAgent: CLOUDFLARE, process: undefined }, cloudflare, true],
  ['Vercel', { env: { VERCEL: '1' } }, vercel, true],
  ['a deployment of Vercel', { env: { VERCEL: '1', VERCEL_ENV: 'production' } }, vercel, true],
  ['a preview of Vercel', { env: { VERCEL: '1', VERCEL_ENV: 'preview' } }, vercel, true],
  ['Vercel, which runs on Lambda', { env: { VERCEL: '1', AWS_LAMBDA_FUNCTION_NAME: 'f' } }, vercel, true],
  ['Vercel with Bun', { env: { VERCEL: '1' }, versions: { ...NODE, bun: '1.4.5' } }, vercel, true],
  ['an edge function of Vercel', { env: { VERCEL: '1' }, versions: {}, edge: 'vercel' }, vercel, true],
  ['a machine with `vercel env pull`', { env: { VERCEL: '1', VERCEL_ENV: 'development' } }, node, false],
  [
    'Lambda with the variables of `vercel env pull`',
    { env: { VERCEL: '1', VERCEL_ENV: 'development', AWS_LAMBDA_FUNCTION_NAME: 'f' } },
    lambda,
    true,
  ],
  ['Lambda', { env: { AWS_LAMBDA_FUNCTION_NAME: 'f' } }, lambda, true],
  [
    'Lambda with the variable that Netlify sets in its builds',
    { env: { NETLIFY: 'true', AWS_LAMBDA_FUNCTION_NAME: 'f' } },
    lambda,
    true,
  ],
  [
    'Lambda with Bun',
    { env: { AWS_LAMBDA_FUNCTION_NAME: 'f' }, versions: { ...NODE, bun: '1.4.5' } },
    lambda,
    true,
  ],
  [
    'Lambda with Deno',
    { env: { AWS_LAMBDA_FUNCTION_NAME: 'f' }, versions: { ...NODE, deno: '2.9.6' } },
    lambda,
    true,
  ],
  ['Cloud Run', { env: { K_SERVICE: 'shop' } }, googleCloud, true],
  ['Cloud Functions', { env: { FUNCTION_TARGET: 'shop' } }, googleCloud, true],
  ['Azure Functions', { env: { FUNCTIONS_WORKER_RUNTIME: 'node' } }, azure, true],
  ['an edge runtime', { versions: {}, edge: 'edge-runtime' }, edge, true],
  ['an edge runtime within Node', { edge: 'edge-runtime' }, edge, true],
  ['an edge runtime within Bun', { edge: 'edge-runtime', versions: { ...NODE, bun: '1.4.5' } }, edge, true],
  [
    'an edge function of Supabase, which passes for Deno',
    { versions: { ...NODE, deno: '2.1.4' }, edge: {} },
    edge,
    true,
  ],
  [
    'an edge function of Netlify, which passes for Deno',
    { versions: { ...NODE, deno: '2.1.4' }, netlify: { context: null } },
    netlify,
    true,
  ],
  [
    'a function of Netlify, which runs on Lambda',
    { env: { AWS_LAMBDA_FUNCTION_NAME: 'f' }, netlify: {} },
    netlify,
    true,
  ],
  [
    'Node with empty variables',
    { env: { VERCEL: '', K_SERVICE: '', AWS_LAMBDA_FUNCTION_NAME: '' } },
    node,
    false,
  ],
  ['an isolate without a process', { process: undefined }, undefined, true],
  ['an isolate with half a process', { versions: {} }, undefined, true],
];

/** Runs a function as if the process had these signs. Code that runs later sees the real process. */
function at<R>(signs: Signs, run: () => R): R {
  const { env = {}, versions = NODE, userAgent = '', edge, netlify } = signs;
  vi.stubGlobal('process', 'process' in signs ? undefined : { env, versions });
  vi.stubGlobal('navigator', { userAgent });
  if (edge !== undefined) vi.stubGlobal('EdgeRuntime', edge);
  if (netlify !== undefined) vi.stubGlobal('Netlify', netlify);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}

/** Loads the library for these signs. It detects Cloudflare Workers when it is loaded, so they need a new copy. */
async function load({
  userAgent,
}: Signs): Promise<typeof platform & typeof library & typeof apps & { readonly cloudflare: Platform }> {
  if (userAgent !== CLOUDFLARE) return { ...platform, ...library, ...apps, cloudflare };
  vi.resetModules();
  vi.stubGlobal('navigator', { userAgent });
  try {
    return {
      ...(await import('../../src/defer/platform.ts')),
      ...(await import('../../src/defer/platforms/cloudflare.ts')),
      ...(await import('../../src/index.ts')),
      ...(await import('../trpc/app.ts')),
    };
  } finally {
    vi.unstubAllGlobals();
  }
}

function makeRouter({ makeApp, t }: typeof apps, defer: library.DeferStrategy) {
  const app = makeApp({ defer });
  const router = t.router({ note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')) });
  /** Makes a call, and returns when its flush started. */
  async function moment(ctx: apps.Context, signal?: AbortSignal): Promise<'inline' | 'timer' | 'close'> {
    app.handled.length = 0;
    await t
      .createCallerFactory(router)(ctx, { ...(signal && { signal }) })
      .note();
    if (app.handled.length > 0) return 'inline';
    // Timers of equal length run in the order in which they were started.
    await delay(1);
    if (app.handled.length > 0) return 'timer';
    (ctx.res as ServerResponse).destroy();
    await apps.eventually(() => expect(app.handled).toEqual(['note']));
    return 'close';
  }
  const makeResponse = () => new ServerResponse(new IncomingMessage(new Socket()));
  return Object.assign(app, {
    /** Calls the procedure in each of the three possible ways. */
    moments: async () => ({
      ofDirectCaller: await moment({}),
      withSignal: await moment({}, new AbortController().signal),
      withResponse: await moment({ res: makeResponse() }, new AbortController().signal),
    }),
  });
}

const AFTER = { ofDirectCaller: 'inline', withSignal: 'timer', withResponse: 'close' };
const INLINE = { ofDirectCaller: 'inline', withSignal: 'inline', withResponse: 'inline' };

describe.each(PLATFORMS)('on %s', (_, signs, expected, freezes) => {
  test('auto() recognizes the platform', async () => {
    const { auto, thisPlatform, ...loaded } = await load(signs);
    const seen = at(signs, thisPlatform);
    if (expected === undefined) expect(seen.doubt).toBe('auto() does not know this platform');
    else expect(seen).toBe(expected === cloudflare ? loaded.cloudflare : expected);
    expect(at(signs, auto)).toMatchObject({ name: 'auto', freezes });
  });

  test(
    freezes ? 'without a waitUntil, the caller waits' : 'the flush starts after the response',
    async () => {
      const lines = expectConsole();
      const loaded = await load(signs);
      await using app = makeRouter(loaded, at(signs, loaded.auto));
      expect(await app.moments()).toEqual(freezes ? INLINE : AFTER);
      expect(lines).toHaveLength(expected === undefined ? 1 : 0);
    },
  );

  test.each([VERCEL, NEXT])('with a waitUntil at %s, the flush starts after the response', async (key) => {
    const given: Promise<unknown>[] = [];
    (globalThis as any)[key] = {
      get: () => ({ waitUntil: (promise: Promise<unknown>) => given.push(promise) }),
    };
    const loaded = await load(signs);
    await using app = makeRouter(loaded, at(signs, loaded.auto));
    expect(await app.moments()).toEqual(AFTER);
    expect(given).toHaveLength(3);
    await Promise.all(given);
  });
});

test.each(['EdgeRuntime', 'Netlify'])('auto() gives a promise to the waitUntil of %s', async (name) => {
  const given: Promise<unknown>[] = [];
  const context = { waitUntil: (promise: Promise<unknown>) => given.push(promise) };
  vi.stubGlobal(name, name === 'Netlify' ? { context } : context);
  await using app = makeRouter(apps, library.auto());
  expect(await app.moments()).toEqual(AFTER);
  expect(given).toHaveLength(3);
  await Promise.all(given);
});
