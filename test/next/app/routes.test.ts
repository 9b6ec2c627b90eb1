import { describe, expect, test } from 'vitest';
import { dropped, handled } from './apps.ts';
import { useNext } from './server.ts';

const server = useNext('plain');
const path = '/api/with-events';

describe('a route handler with withEvents', () => {
  test('has its events handled after the response', async () => {
    const { status, body } = await server().post('a route', `${path}/ok`);
    expect([status, body]).toEqual([200, '{"ok":true}']);
    expect(await server().fate('a route')).toEqual(handled('a route'));
  });

  test('keeps its events if it redirects', async () => {
    const { status, headers } = await server().post('redirect', `${path}/redirect`);
    expect([status, headers.get('location')]).toEqual([307, '/elsewhere;a=b']);
    expect(await server().fate('redirect')).toEqual(handled('redirect'));
    expect(await server().post('permanent', `${path}/permanent-redirect`)).toMatchObject({ status: 308 });
    expect(await server().fate('permanent')).toEqual(handled('permanent'));
  });

  test.for([201, 399])('keeps its events if it answers with status %i', async (status) => {
    const note = `status ${status}`;
    expect(await server().post(note, `${path}/status?status=${status}`)).toMatchObject({ status });
    expect(await server().fate(note)).toEqual(handled(note));
  });

  test.for([
    ['not-found', 404],
    ['forbidden', 403],
    ['unauthorized', 401],
    ['status?status=400', 400],
    ['status?status=503', 503],
    ['throws', 500],
    ['throws-response', 500],
    ['nothing', 500],
  ] as const)('drops its events if it fails: %s', async ([which, status]) => {
    expect(await server().post(which, `${path}/${which}`)).toMatchObject({ status });
    expect(await server().fate(which)).toEqual(dropped(which));
  });

  test('drops its events if it reads a body that is missing', async () => {
    expect(await server().post('no body', `${path}/json`)).toMatchObject({ status: 500 });
    expect(await server().fate('no body')).toEqual(dropped('no body'));
    const body = JSON.stringify({ a: 1 });
    expect(await server().post('a body', `${path}/json`, { body })).toMatchObject({ status: 200, body });
    expect(await server().fate('a body')).toEqual(handled('a body'));
  });

  test.for(['streams', 'pulls'])('has the events of its stream handled at once: %s', async (which) => {
    const { status, body } = await server().post(which, `${path}/${which}`);
    expect([status, body]).toEqual([200, 'chunk 1 is handled, chunk 2 is handled, chunk 3 is handled, ']);
    expect(await server().fate(which)).toEqual(handled(which));
  });
});

test('a listener that burns CPU delays no byte of a large and gzipped body', async () => {
  for (const [note, path] of [
    ['by auto', '/api/with-events/large'],
    ['by nextAfter', '/api/with-after'],
  ] as const) {
    const { body, headers } = await server().post(note, path);
    expect([body.length, headers.get('content-encoding')]).toEqual([200_000, 'gzip']);
    expect(await server().fate(note)).toEqual(handled(note));
  }
});

test("observers learn from Next's after that a response was sent, before its listeners begin", async () => {
  expect(await server().post('sent', '/api/sent')).toMatchObject({ status: 204 });
  await expect
    .poll(() => server().fate('sent'), { timeout: 20_000 })
    .toEqual([
      { note: 'sent', by: 'an observer' },
      { note: 'sent', by: 'a listener' },
    ]);
});
