import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, inject, test, vi } from 'vitest';
import { freePort } from './free-port.ts';
import { manifest } from './manifest.ts';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Returns the files of the README by name: a block's first line names its file. */
function files(): Map<string, string> {
  const blocks = readme.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n.*?)^```/gms);
  return new Map(Array.from(blocks, ([, code, name]) => [name!, code!]));
}

test('The three files of the README work as they are, and print what it says.', async () => {
  const folder = mkdtempSync(join(inject('installed'), 'readme-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const port = await freePort();
  for (const [name, code] of files()) writeFileSync(join(folder, name), code.replace('3000', `${port}`));
  expect([...files().keys()]).toEqual(['events.ts', 'listeners.ts', 'trpc.ts']);

  const server = spawn(process.execPath, ['trpc.ts'], { cwd: folder });
  let printed = '';
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  try {
    const signUp = (email: string) =>
      vi.waitUntil(
        () =>
          fetch(`http://localhost:${port}/signUp`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ email }),
          }).catch(() => undefined),
        { timeout: 20_000 },
      );
    const [, email] = /-d '\{"email":"(.+?)"\}'/.exec(readme)!;
    const answer = await (await signUp(email!)).text();
    expect(readme).toContain(`\`curl\` prints \`${answer}\`.`);
    expect((await signUp('taken@example.org')).status).toBe(409);
    const [, expected] = /Then the server prints:\n\n```\n(.*?)```/s.exec(readme)!;
    await vi.waitFor(() => expect(printed).toBe(expected), { timeout: 20_000 });
  } finally {
    server.kill();
    await once(server, 'exit');
  }
});

test('Each link of the README works on npm: it is absolute, and leads to a file of the repository.', () => {
  const base = `${manifest.repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;
  const definitions = Array.from(readme.matchAll(/^\[([^\]]+)\]: (\S+)$/gm), ([, name, url]) => ({
    name,
    url,
  }));
  expect(definitions.length).toBeGreaterThan(10);
  for (const { name, url } of definitions) {
    expect(url).toContain(base);
    expect(readme.replace(/^\[[^\]]+\]: .*/gm, '')).toContain(`[${name}]`);
  }
  const paths = definitions.map(({ url }) => url!.slice(base.length).replace(/#.*/, ''));
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(readme.match(/\]\((?!https:)/g) ?? []).toEqual([]);
  // The tarball also has the pages in docs/ to which the README links.
  expect(inject('packed')).toEqual(expect.arrayContaining(paths.filter((path) => path.startsWith('docs/'))));
});

test('Each command that proves a claim names tests and scripts that exist.', () => {
  const commands = Array.from(readme.matchAll(/\| `npm run ([\w:]+)(?: -- ([^`]+))?` \|/g));
  expect(commands.length).toBeGreaterThanOrEqual(5);
  for (const [, script, words = ''] of commands) {
    expect(manifest.scripts).toHaveProperty([script!]);
    const paths = words.split(' ').filter((word) => word.startsWith('test/'));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  }
});
