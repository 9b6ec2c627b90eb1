import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { blocksIn, givenFiles } from './docs-blocks.ts';
import { folderWith, inRepo } from './folders.ts';
import { runNode } from './run.ts';

test('The files of docs/getting-started-t3.md work with zod 3, as create-t3-app installs it, and the test of the page passes.', () => {
  const folder = folderWith({ next: 'next', vitest: 'vitest' });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('package.json', '{ "type": "module" }');
  write('node_modules/zod/package.json', '{ "type": "module", "exports": "./index.js" }');
  write('node_modules/zod/index.js', `export * from '${pathToFileURL(inRepo('zod/v3/index.js')).href}';`);
  for (const { file, code } of blocksIn('docs/getting-started-t3.md'))
    if (file !== undefined) write(file, code);
  for (const [file, code] of givenFiles('getting-started-t3.md'))
    if (file.startsWith('src/')) write(file, code);

  const { stdout, stderr, status } = runNode(folder, inRepo('vitest/vitest.mjs'), 'run');
  expect(stderr).toBe('');
  expect(stdout).toContain('announce: My first post');
  expect(status).toBe(0);
});
