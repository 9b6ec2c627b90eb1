import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root });
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };

test('Workflows run .ci/run and the matrix, and no npm script that does not exist.', () => {
  const text = workflows.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  expect(text).toContain('run: .ci/run\n');
  const named = Array.from(text.matchAll(/npm run ([\w:-]+)/g), ([, name]) => name!);
  expect(named).toContain('test:matrix');
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
