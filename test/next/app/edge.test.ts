import { expect, test } from 'vitest';
import { useNext } from './server.ts';

const server = useNext('plain');

test('a route in the edge runtime has its events handled, by a listener that fetches', async () => {
  for (const note of ['first', 'second']) {
    expect(await server().post(note, '/api/edge')).toMatchObject({ status: 204 });
    expect(await server().fate(note)).toEqual([{ note, by: 'edge' }]);
  }
});

test('a route in the edge runtime has its events dropped if it fails', async () => {
  expect(await server().post('failed', '/api/edge?status=400')).toMatchObject({ status: 400 });
  expect(await server().fate('failed')).toEqual([{ note: 'failed', by: 'edge, dropped' }]);
});
