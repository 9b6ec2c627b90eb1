import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { copyApp, handled, INSTRUMENTATION } from './apps.ts';
import { startNext, type NextServer } from './server.ts';

// The tests take long, because each edit is compiled once for each route.
vi.setConfig({ testTimeout: 180_000 });

const SHARED = { app: ['/api/with-events/ok', '/caller'], pages: ['/api/pages/with-events/large', '/props'] };
const LOCAL = { app: ['/api/local', '/local'], pages: ['/api/pages/local'] };

describe.for([
  // Fast Refresh of Next.js 16.4.6 brings back old versions of any module if both routers are used.
  { name: 'both routers', args: ['--no-server-fast-refresh'], routers: ['app', 'pages'] as const },
  { name: 'the app router, with Fast Refresh', args: [], routers: ['app'] as const },
])('in development, $name', ({ name, args, routers }) => {
  let folder: string;
  let server: NextServer;
  beforeAll(async () => {
    folder = copyApp(name.replaceAll(/\W+/g, '-'));
    writeFileSync(join(folder, 'instrumentation.ts'), INSTRUMENTATION);
    server = await startNext('dev', folder, { args });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const pathsOf = (routes: typeof SHARED) => routers.flatMap((router) => routes[router]);
  let notes = 0;

  /** Returns the listeners that handled a new event of this route, each as often as it ran. */
  async function handlersOf(path: string): Promise<(string | undefined)[]> {
    const note = `note ${++notes}`;
    server.answered(note);
    const { status } = await (path.includes('with-events') ? server.post : server.ask)(note, path);
    expect(status).toBe(200);
    await server.fate(note);
    // All listeners start together, so the last has written its line when another request is answered.
    await server.lines();
    return (await server.fate(note)).map(({ by }) => by);
  }

  /** Edits a module, as a developer does, and waits until a request to each route shows the edit. */
  async function edit(
    module: string,
    version: number,
    paths: readonly string[],
    expected: readonly string[],
  ) {
    const file = join(folder, module);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`version ${version - 1}`);
    writeFileSync(file, text.replace(`version ${version - 1}`, `version ${version}`));
    for (const path of paths) {
      await expect.poll(() => handlersOf(path), { timeout: 30_000, interval: 100 }).toEqual(expected);
    }
    for (const path of paths) expect([path, ...(await handlersOf(path))]).toEqual([path, ...expected]);
  }

  test('with an instrumentation.ts of one line, the first request is like all others', async () => {
    const path = `/api/${routers.length > 1 ? 'pages/' : ''}trpc`;
    await server.call('first', path, (client, input) => client.large.query(input));
    expect(await server.fate('first')).toEqual(handled('first'));
  });

  test('a bus on globalThis handles each event once, by the new version after an edit of its listeners', async () => {
    const paths = pathsOf(SHARED);
    for (const path of paths) expect(await handlersOf(path)).toEqual(['version 1']);
    for (let version = 2; version <= 4; version++) {
      await edit('server/listeners.ts', version, paths, [`version ${version}`]);
    }
  });

  test('a bus per copy handles each event once after an edit of a router, or of a module that registers on it', async () => {
    const paths = pathsOf(LOCAL);
    const expected = ['handlers, version 1', 'mails, version 1'];
    for (const path of paths) expect(await handlersOf(path)).toEqual(expected);
    for (let version = 2; version <= 4; version++) {
      for (const [i, module] of ['handlers', 'mails'].entries()) {
        expected[i] = `${module}, version ${version}`;
        await edit(`server/local/${module}.ts`, version, paths, expected);
      }
    }
  });
});
