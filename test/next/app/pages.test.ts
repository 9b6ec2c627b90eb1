import { describe, expect, test } from 'vitest';
import { dropped, handled } from './apps.ts';
import { useNext } from './server.ts';

const server = useNext('plain');
const path = '/api/pages/with-events';

describe('a function of pages/api with withEvents', () => {
  test('has its events handled after a large and gzipped body, which a listener that burns CPU does not delay', async () => {
    const { status, headers, body } = await server().post('large', `${path}/large`);
    expect([status, headers.get('content-encoding'), body.length]).toEqual([200, 'gzip', 200_000]);
    expect(await server().fate('large')).toEqual(handled('large'));
  });

  test.for([200, 204, 302])('keeps its events if it answers with status %i', async (status) => {
    const note = `status ${status}`;
    expect(await server().post(note, `${path}/status?status=${status}`)).toMatchObject({ status });
    expect(await server().fate(note)).toEqual(handled(note));
  });

  test('keeps its events if it redirects', async () => {
    expect(await server().post('redirect', `${path}/redirect`)).toMatchObject({ status: 307 });
    expect(await server().fate('redirect')).toEqual(handled('redirect'));
  });

  test.for([
    ['status?status=400', 400],
    ['status?status=404', 404],
    ['status?status=503', 503],
    ['throws', 500],
  ] as const)('drops its events if it fails: %s', async ([which, status]) => {
    expect(await server().post(which, `${path}/${which}`)).toMatchObject({ status });
    expect(await server().fate(which)).toEqual(dropped(which));
  });

  test("has its events handled once with nextAfter, though Next's after throws there", async () => {
    expect(await server().post('after', '/api/pages/with-after')).toMatchObject({ status: 200, body: 'ok' });
    expect(await server().fate('after')).toEqual(handled('after'));
  });
});
