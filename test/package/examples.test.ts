import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freePort } from './free-port.ts';

const root = resolve(import.meta.dirname, '../..');
/** The copies are in the repo, where they find their other packages: Turbopack follows no links out of its root. */
const copies = join(import.meta.dirname, '.examples');
const bin = (path: string) => join(root, 'node_modules', path);
/** The only variables that examples get, because vitest sets NODE_ENV and more. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NEXT_TELEMETRY_DISABLED: '1' };

beforeAll(() => {
  rmSync(copies, { recursive: true, force: true });
  mkdirSync(copies);
});
afterAll(() => rmSync(copies, { recursive: true, force: true }));

/** Copies an example, and beside it the library as npm installs it. */
function copyOf(name: string): string {
  const folder = join(copies, name);
  const isOwn = (path: string) => !/[/\\](node_modules|\.next|\.wrangler)$/.test(path);
  cpSync(join(root, 'examples', name), folder, { recursive: true, filter: isOwn });
  cpSync(join(inject('installed'), 'node_modules/trpc-events'), join(folder, 'node_modules/trpc-events'), {
    recursive: true,
  });
  return folder;
}

function run(folder: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** Starts an example on a free port. `output` returns everything that it has printed. */
async function start(folder: string, ...args: readonly string[]) {
  const port = await freePort();
  const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, PORT: String(port) } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return { url: `http://localhost:${port}`, output: () => printed, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect([0, 143]).toContain(code); // Next.js ends with 143
}

/** Runs a `curl` line of an example's README against another address. Returns what it prints, once the server answers. */
async function curl(name: string, url: string, nth = 0): Promise<string> {
  const readme = readFileSync(join(root, 'examples', name, 'README.md'), 'utf8');
  const line = readme.match(/^curl .*$/gm)![nth]!.replace(/localhost:\d+/, url.replace('http://', ''));
  return vi.waitUntil(
    () => spawnSync('sh', ['-c', `${line} --silent`], { encoding: 'utf8' }).stdout || undefined,
    {
      timeout: 30_000,
      interval: 200,
    },
  );
}

test.each(globSync('*', { cwd: join(root, 'examples') }))(
  'The example %s has fewer than 150 lines.',
  (name) => {
    const files = globSync('**/*.{ts,tsx}', {
      cwd: join(root, 'examples', name),
      exclude: (path) => /node_modules|\.next|next-env/.test(path),
    });
    const lines = files.map(
      (file) => readFileSync(join(root, 'examples', name, file), 'utf8').split('\n').length - 1,
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(150);
  },
);

test('plain-node: its tests pass, and the server prints what follows a call.', async () => {
  const folder = copyOf('plain-node');
  expect(run(folder, '--test')).toMatchObject({
    status: 0,
    output: expect.stringContaining('pass 3') as string,
  });
  await using server = await start(folder, 'server.ts');
  expect(await curl('plain-node', server.url)).toBe('{"result":{"data":{"id":"u1"}}}');
  await vi.waitFor(
    () =>
      expect(server.output()).toContain(
        'mail to ada@example.org: Welcome, u1!\naudit: user.created\naudit: mail.sent',
      ),
    { timeout: 20_000 },
  );
});

test('express-sqs-worker: the worker packs each order, and one that failed again.', async () => {
  await using server = await start(copyOf('express-sqs-worker'), 'start.ts');
  for (let n = 1; n <= 3; n++)
    expect(await curl('express-sqs-worker', server.url)).toBe(`{"result":{"data":{"id":"order-${n}"}}}`);
  const lines = [1, 2, 3].flatMap((n) => [
    `worker: packed tea for order-${n}`,
    `worker: mail: order-${n} is on its way`,
  ]);
  await vi.waitFor(
    () => {
      const seen = server.output().match(/^worker: .*$/gm);
      expect(seen?.toSorted()).toEqual(lines.toSorted());
    },
    { timeout: 20_000 },
  );
  expect(server.output()).toContain('The parcel of order-3 broke.');
});

test('cloudflare-worker: a note is indexed after the response, and a call that fails indexes nothing.', async () => {
  const folder = copyOf('cloudflare-worker');
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    tsconfigRaw: {},
  });
  const settings = readFileSync(join(folder, 'wrangler.jsonc'), 'utf8');
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0]!.text }],
    // The example's own date may be too new for the runtime of the tests.
    compatibilityDate: '2026-04-01',
    compatibilityFlags: JSON.parse(/"compatibility_flags": (\[.*?\])/.exec(settings)![1]!) as string[],
    kvNamespaces: ['LOG'],
  });
  try {
    const url = (await miniflare.ready).origin;
    expect(await curl('cloudflare-worker', url)).toBe('{"result":{"data":{"id":"1"}}}');
    await vi.waitFor(
      async () => expect(await curl('cloudflare-worker', url, 1)).toBe('{"result":{"data":"HELLO"}}'),
      { timeout: 20_000 },
    );
    const body = JSON.stringify({ id: '1', text: '' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/trpc/save`, { method: 'POST', headers, body })).status).toBe(400);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await curl('cloudflare-worker', url, 1)).toContain('HELLO');
  } finally {
    await miniflare.dispose();
  }
});

test('t3: its test passes, it is built, and its log tells of mails, retries and dead letters.', async () => {
  const folder = copyOf('t3');
  expect(run(folder, bin('vitest/vitest.mjs'), 'run')).toMatchObject({ status: 0 });
  const next = bin('next/dist/bin/next');
  expect(run(folder, next, 'build')).toMatchObject({ status: 0 });
  await using server = await start(folder, next, 'start');
  const call = (path: string, title?: string) =>
    fetch(`${server.url}/api/trpc/post.${path}`, {
      headers: { 'x-user': 'ada', 'content-type': 'application/json' },
      ...(title !== undefined && { method: 'POST', body: JSON.stringify({ json: { title } }) }),
    });
  await vi.waitUntil(() => call('log').catch(() => undefined), { timeout: 20_000 });
  expect((await call('publish', 'Hello')).status).toBe(200);
  expect((await call('publish', 'Hello')).status).toBe(409);
  expect((await call('publish', 'Spam')).status).toBe(200);
  await vi.waitFor(
    async () => {
      const { result } = (await (await call('log')).json()) as { result: { data: { json: string[] } } };
      expect(result.data.json.toSorted()).toEqual([
        'audit: post.published',
        'audit: post.published',
        'dead letter: mail-subscribers, Spam',
        'mail: Hello, at attempt 2',
      ]);
    },
    { timeout: 10_000 },
  );
  expect(await (await fetch(server.url)).text()).toContain('Publish');
});
