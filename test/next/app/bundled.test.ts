import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { callAction, idOf } from './actions.ts';
import { builtApp, dropped, handled } from './apps.ts';
import { useNext, type NextServer } from './server.ts';

/** The app without `serverExternalPackages`. The app router's code has copies of the library, and pages/ shares one. */
const server = useNext('bundled');
let plain: string;
beforeAll(async () => {
  plain = await builtApp('plain');
});

type Run = (server: NextServer, note: string) => Promise<object>;

test('the bundled app has copies of the library', async () => {
  const copiesIn = (folder: string) =>
    globSync('.next/server/chunks/**/*.js', { cwd: folder }).filter((chunk) =>
      readFileSync(join(folder, chunk), 'utf8').includes('trpc-events.storage.1'),
    );
  expect(copiesIn(await builtApp('bundled')).length).toBeGreaterThan(1);
  expect(copiesIn(plain)).toEqual([]);
});

// The order matters: the copy in route handlers makes the bus, and the other copies use it.
test.for<[string, Run]>([
  ['a route handler', (server, note) => server.post(note, '/api/with-events/large')],
  ['one with nextAfter', (server, note) => server.post(note, '/api/with-after')],
  [
    'a procedure',
    (server, note) => server.call(note, '/api/trpc', (client, input) => client.large.query(input)),
  ],
  [
    'a procedure in pages/api',
    (server, note) => server.call(note, '/api/pages/trpc', (client, input) => client.largeAfter.query(input)),
  ],
  ['a function of pages/api', (server, note) => server.post(note, '/api/pages/with-events/large')],
  ['one with nextAfter in pages/api', (server, note) => server.post(note, '/api/pages/with-after')],
  ['a server component', (server, note) => server.ask(note, '/caller')],
  ['an action', async (server, note) => callAction(server, note, await idOf(server, 'saveAndRedirect'))],
])('%s has its events handled once, after the response', async ([note, run]) => {
  await run(server(), note);
  expect(await server().fate(note)).toEqual(handled(note));
});

test.for<[string, Run]>([
  ['a route handler that fails', (server, note) => server.post(note, '/api/with-events/not-found')],
  [
    'a function of pages/api that fails',
    (server, note) => server.post(note, '/api/pages/with-events/throws'),
  ],
])('%s has its events dropped', async ([note, run]) => {
  await run(server(), note);
  expect(await server().fate(note)).toEqual(dropped(note));
});

test.for(['/api/local', '/local', '/api/pages/local'])(
  'each listener handles an event once if each copy has its own bus: %s',
  async (path) => {
    expect(await server().ask(path, path)).toMatchObject({ status: 200 });
    await expect
      .poll(() => server().fate(path), { timeout: 20_000 })
      .toEqual([
        { note: path, by: 'handlers, version 1' },
        { note: path, by: 'mails, version 1' },
      ]);
  },
);
