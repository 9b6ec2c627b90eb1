import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tokenOf } from './ask.ts';

const INDEX = new URL('../../src/inspector/index.ts', import.meta.url).href;
const CODE = `import { createInspector } from '${INDEX}'; await using server = await createInspector().listen({ port: 0 });`;

/** Starts a process in a folder. Returns the token of the address that it prints. */
async function tokenIn(folder: string): Promise<string> {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', CODE], {
    cwd: folder,
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  const token = tokenOf(/http\S+/.exec(output)?.[0] ?? 'http://none/');
  expect(token).toMatch(/^[\w-]{32}$/);
  return token;
}

test(
  'The token is kept over restarts, unless somebody else could have read or made the file.',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-'));
    const [first, second] = [await tokenIn(folder), await tokenIn(folder)];
    expect(second).not.toBe(first); // there is no node_modules
    mkdirSync(join(folder, 'node_modules'));
    const kept = await tokenIn(folder);
    expect(await tokenIn(folder)).toBe(kept);
    const file = join(folder, 'node_modules/.cache/trpc-events/inspector-token');
    if (process.platform !== 'win32') {
      chmodSync(file, 0o644);
      const made = await tokenIn(folder);
      expect(made).not.toBe(kept);
      expect(lstatSync(file).mode & 0o777).toBe(0o600);
      // A link would make the token be written to, or read from, another file.
      const other = join(folder, 'other');
      writeFileSync(other, kept, { mode: 0o600 });
      rmSync(file);
      symlinkSync(other, file);
      expect(await tokenIn(folder)).not.toBe(kept);
      expect(readFileSync(other, 'utf8')).toBe(kept);
    }
    writeFileSync(file, 'short');
    expect(await tokenIn(folder)).not.toBe('short');
    rmSync(folder, { recursive: true });
  },
);
