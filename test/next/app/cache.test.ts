import { expect, test } from 'vitest';
import { idOf, postForm } from './actions.ts';
import { handled } from './apps.ts';
import { useNext, type NextServer } from './server.ts';

const server = useNext('plain');
const purge = 'text';

/** Next purges tags when its `after` callbacks have run. A purge elsewhere is ignored once a response has begun. */
test.for<[string, (server: NextServer, note: string) => Promise<unknown>]>([
  ['a route handler', (server, note) => server.post(note, `/api/with-events/ok?purge=${purge}`)],
  ['one with nextAfter', (server, note) => server.post(note, `/api/with-after?purge=${purge}`)],
  [
    'a procedure',
    (server, note) =>
      server.call(note, '/api/trpc', (client, input) => client.save.mutate({ ...input, purge })),
  ],
  ['a server action', async (server, note) => postForm(server, note, await idOf(server, 'save'), { purge })],
  ['a server component', (server, note) => server.ask(note, `/caller?purge=${purge}`)],
])('a listener purges what Next has cached: after %s', async ([name, run]) => {
  const note = `${name} purges`;
  const cached = async () => (await server().ask('cached', '/api/cached')).body;
  const text = await cached();
  // The first request may begin before the library is loaded, which then can't see its response.
  expect(await cached()).toBe(text);
  await run(server(), note);
  expect(await server().fate(note)).toEqual(handled(note));
  await expect.poll(cached, { timeout: 20_000 }).not.toBe(text);
});
