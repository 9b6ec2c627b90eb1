import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, inject, test } from 'vitest';
import { manifest, packageFolder, reachedFrom, targetsOf } from './manifest.ts';
import { runNode } from './run.ts';

const installed = inject('installed');
const OF_REQUESTS = /built-page|handle-|respond-|listen-|async-api/;

/** Asks the handler for its page, and for the document of a bus. */
const ASK = `
  console.error = () => {};
  const { handler } = createInspector();
  const ask = async (path, headers) => (await handler(new Request('http://localhost/inspector' + path, { headers }))).status;
  Promise.all([ask('/'), ask('/api/wiring'), ask('/api/wiring', { host: 'evil.example' })]).then((all) => console.log(all.join()));
`;

test('Importing trpc-events/inspector loads neither the page nor what answers requests.', () => {
  const file = targetsOf(manifest.exports['./inspector']!).find((path) => path.endsWith('/inspector.mjs'))!;
  const loaded = new Set([posix.normalize(file)]);
  for (const path of loaded) {
    const code = readFileSync(join(packageFolder, path), 'utf8');
    for (const [, name = ''] of code.matchAll(/^(?:import|export)\b.*?["'](\.[^"']+)["'];$/gm))
      loaded.add(posix.join(posix.dirname(path), name));
  }
  expect(loaded.size).toBeGreaterThan(2);
  expect([...loaded].filter((path) => OF_REQUESTS.test(path))).toEqual([]);
  expect(reachedFrom([file]).filter((path) => OF_REQUESTS.test(path)).length).toBeGreaterThan(3);
  const code = `require('trpc-events/inspector'); console.log(Object.keys(require.cache).join());`;
  const { stdout } = runNode(installed, '--eval', code);
  expect(stdout).toContain('inspector.cjs');
  expect(stdout).not.toMatch(OF_REQUESTS);
});

test.for([
  [
    '--input-type=module',
    `import { createInspector } from 'trpc-events/inspector'; process.env.NODE_ENV = 'development';${ASK}`,
  ],
  [
    '--input-type=commonjs',
    `const { createInspector } = require('trpc-events/inspector'); process.env.NODE_ENV = 'development';${ASK}`,
  ],
])('The handler answers with %s.', ([type, code]) => {
  const { stdout, stderr } = runNode(installed, type!, '--eval', code!);
  expect([stdout, stderr]).toEqual([expect.stringMatching(/^(200|503),401,403\n$/), '']);
});
