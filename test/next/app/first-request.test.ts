import { beforeAll, describe, expect, test } from 'vitest';
import { idOf, postForm } from './actions.ts';
import { builtApp, handled } from './apps.ts';
import { startNext, type NextServer } from './server.ts';

/** Sends a request that is answered with 200 kB, and whose event has the note "first". */
type Run = (server: NextServer) => Promise<object>;

let saveId: string;

/** Requests for which Next's `after` works, or whose function is given its response. */
const MOST: Record<string, Run> = {
  'a procedure': (server) => server.call('first', '/api/trpc', (client, input) => client.large.query(input)),
  'a procedure, by nextAfter': (server) =>
    server.call('first', '/api/trpc', (client, input) => client.largeAfter.query(input)),
  'a route handler': (server) => server.post('first', '/api/with-events/large'),
  'a route handler, by nextAfter': (server) => server.post('first', '/api/with-after'),
  'a server action': (server) => postForm(server, 'first', saveId),
  'a server component': (server) => server.ask('first', '/caller'),
  'a function of pages/api': (server) => server.post('first', '/api/pages/with-events/large'),
};
const OTHERS: Record<string, Run> = {
  'a procedure in pages/api': (server) =>
    server.call('first', '/api/pages/trpc', (client, input) => client.large.query(input)),
  getServerSideProps: (server) => server.ask('first', '/props'),
};

describe('with an instrumentation.ts of one line, a listener that burns CPU does not delay the first request', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await builtApp('instrumented');
    await using server = await startNext('start', folder);
    saveId = await idOf(server, 'save');
  });

  test.for(Object.entries({ ...MOST, ...OTHERS }))('%s', async ([_name, run]) => {
    await using server = await startNext('start', folder);
    await run(server);
    expect(await server.lines()).toEqual(handled('first'));
  });
});

describe('the first request without an instrumentation.ts', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await builtApp('plain');
    await using server = await startNext('start', folder);
    saveId = await idOf(server, 'save');
  });

  test.for(Object.entries(MOST))('is not delayed with trpc-events/next: %s', async ([_name, run]) => {
    await using server = await startNext('start', folder, { early: true });
    await run(server);
    expect(await server.lines()).toEqual(handled('first'));
  });

  test.for(Object.entries(OTHERS))('loses no event in the pages router: %s', async ([_name, run]) => {
    await using server = await startNext('start', folder, { early: true });
    // The answer is marked as received beforehand, so that the listener burns no CPU. The response may wait for it here.
    server.answered('first');
    await run(server);
    expect(await server.lines()).toEqual(handled('first'));
  });
});
