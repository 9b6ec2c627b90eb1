import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtApp, linesOf } from './apps.ts';
import { useNext } from './server.ts';

const server = useNext('plain');

test('a force-static route and a static page are built, and have their events handled in the build', async () => {
  const folder = await builtApp('plain');
  const routes = readFileSync(join(folder, 'build.log'), 'utf8');
  expect(routes).toMatch(/○ \/api\/prerendered\b/);
  expect(routes).toMatch(/○ \/prerendered\b/);
  const lines = linesOf(join(folder, 'build.jsonl'));
  expect(lines.toSorted((a, b) => a.note.localeCompare(b.note))).toEqual([
    { note: 'a prerendered page', by: 'version 1' },
    { note: 'a prerendered route', by: 'version 1' },
  ]);
});

test('a request to a prerendered route or page runs nothing', async () => {
  const built = { at: 'phase-production-build' };
  expect(JSON.parse((await server().ask('a', '/api/prerendered')).body)).toEqual(built);
  expect((await server().ask('b', '/prerendered')).body).toContain('prerendered');
  expect(await server().lines()).toEqual([]);
});
