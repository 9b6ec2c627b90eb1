/** Follows docs/getting-started-app.md and docs/getting-started.md to the letter, in an empty folder. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TSC } from './apps.ts';
import { APPS } from './setup.ts';

const root = resolve(import.meta.dirname, '../../..');
let folder = join(APPS, 'getting-started');
let port: number;
let server: ChildProcess | undefined;
let output = '';
// The commands get only these variables, because vitest sets NODE_ENV and more, which they must not see.
const env = () => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NEXT_TELEMETRY_DISABLED: '1',
  PORT: `${port}`,
});

interface Block {
  readonly language: string;
  readonly code: string;
}
/** Returns the code blocks below a heading of a page, in their order. */
function blocksBelow(page: string, heading: string): Block[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${page} has no section "${heading}"`);
  return Array.from(section.matchAll(/^```(\w*)\n(.*?)^```/gms), ([, language, code]) => ({
    language: language!,
    code: code!,
  }));
}

/** Does what a block says: writes the file, or runs the commands. Returns what the last command has printed. */
async function follow({ language, code }: Block): Promise<string> {
  if (language.startsWith('ts')) {
    const [, path] = /^\/\/ (.+)\n/.exec(code)!;
    mkdirSync(dirname(join(folder, path!)), { recursive: true });
    writeFileSync(join(folder, path!), code);
  }
  let printed = '';
  if (language === 'sh') for (const line of code.trim().split('\n')) printed = await run(line);
  return printed;
}

async function run(line: string): Promise<string> {
  if (line.startsWith('mkdir ')) {
    const [, name, into] = /^mkdir (\w+) && cd (\w+)$/.exec(line)!;
    expect(into).toBe(name);
    folder = join(folder, name!);
    mkdirSync(folder);
    return '';
  }
  if (line.startsWith('npm install ')) return install(line.split(' ').slice(2));
  if (line === 'npm run dev') return startServer();
  return execFileSync('sh', ['-c', line.replaceAll('localhost:3000', `localhost:${port}`)], {
    cwd: folder,
    env: env(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Takes the library from its tarball. The other packages are found in the repo, so that no registry is asked. */
function install(names: readonly string[]): string {
  const field = names[0] === '--save-dev' ? 'devDependencies' : 'dependencies';
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  for (const name of names.filter((name) => !name.startsWith('--'))) {
    manifest[field] = { ...manifest[field], [name]: '*' };
    if (name === 'trpc-events') unpack();
    else if (!existsSync(join(root, 'node_modules', name))) throw new Error(`The repo lacks ${name}.`);
  }
  writeFileSync(path, JSON.stringify(manifest, null, 2));
  return '';
}

function unpack(): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const options = { cwd: root, encoding: 'utf8', stdio: 'pipe' } as const;
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', modules],
    options,
  );
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  execFileSync('tar', ['-xzf', join(modules, filename), '-C', modules], options);
  renameSync(join(modules, 'package'), join(modules, 'trpc-events'));
  rmSync(join(modules, filename));
}

async function startServer(): Promise<string> {
  // The server gets a process group of its own, because npm starts Next, which starts another process.
  server = spawn('npm', ['run', 'dev'], { cwd: folder, env: env(), detached: true });
  output = '';
  for (const stream of [server.stdout!, server.stderr!])
    stream.on('data', (chunk) => (output += String(chunk)));
  await printed('Ready');
  return output;
}

/** Ends the server as Ctrl+C does. */
async function stopServer(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  process.kill(-server.pid!, 'SIGINT');
  await once(server, 'exit');
  server = undefined;
}

/** Waits until the server has printed a text exactly `times` times. */
function printed(text: string, times = 1): Promise<void> {
  const look = () => {
    const found = output.split(text).length - 1;
    if (found !== times) throw new Error(`"${text}" was printed ${found} times in:\n${output}`);
  };
  return vi.waitFor(look, { timeout: 60_000, interval: 50 });
}

vi.setConfig({ testTimeout: 180_000 });

beforeAll(async () => {
  mkdirSync(folder);
  const listening = createServer().listen(0);
  await once(listening, 'listening');
  ({ port } = listening.address() as AddressInfo);
  listening.close();
});
afterAll(stopServer);

test('The page about the application makes one that answers as the page says.', async () => {
  const page = 'getting-started-app.md';
  for (const heading of ['Install', 'The server', 'The page'])
    for (const block of blocksBelow(page, heading)) await follow(block);

  const [start, curl, answer] = blocksBelow(page, 'Run it') as [Block, Block, Block];
  await follow(start);

  expect(JSON.parse(await follow(curl))).toEqual(JSON.parse(answer.code));
  const html = await (await fetch(`http://localhost:${port}`)).text();
  expect(html).toContain('Sign up');
  await stopServer();
});

test('An event is handled after the response, and a failed call has none.', async () => {
  const page = 'getting-started.md';
  for (const heading of ['Install', 'The four files', 'Two files for Next.js'])
    for (const block of blocksBelow(page, heading)) await follow(block);

  const [router, start, curl, line] = blocksBelow(page, 'The first event') as [Block, Block, Block, Block];
  await follow(router);
  await follow(start);
  await printed('inspector: http://');
  const before = performance.now();
  expect(JSON.parse(await follow(curl))).toEqual({
    result: { data: { id: '1', email: 'ada@example.org' } },
  });
  expect(output).not.toContain(line.code);
  await printed(line.code);
  expect(performance.now() - before).toBeGreaterThan(1000);

  expect(await follow(curl)).toContain('This address is taken.');
});

test('The test of the page passes.', async () => {
  const [file, command] = blocksBelow('getting-started.md', 'The first test') as [Block, Block];
  await follow(file);
  expect(await follow(command)).toMatch(/2 passed/);
});

test('The failure is tried three times, printed as the page says, and shown by the inspector.', async () => {
  const [curl, line] = blocksBelow('getting-started.md', 'The first failure') as [Block, Block];
  expect(JSON.parse(await follow(curl))).toMatchObject({ result: { data: { email: 'bob@example.org' } } });
  const [beginning, middle] = line.code.split(/01a3…|…/) as [string, string];
  await printed(beginning);
  await printed(middle.trimEnd());
  // The failed call of the section before has sent no second mail to Ada.
  await printed('welcome-mail: sent to');
  // Next warns about a package.json in a folder around the repository, which is not ours.
  expect(output.replace(/^⚠ Warning: Next\.js ignored package\.json .*$/m, '')).not.toMatch(/warn|⨯/i);

  const [, address, token] = /inspector: (\S+)\/#token=(\S+)/.exec(output)!;
  const response = await fetch(`${address}/api/entries?once`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const entries = (await response.text())
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Entry);
  expect(entries.filter(({ error }) => error?.message === 'The mail service does not answer')).not.toEqual(
    [],
  );
  const listed = JSON.stringify(entries);
  for (const text of ['signUp', 'user.created', 'welcome-mail']) expect(listed).toContain(text);

  const listeners = join(folder, 'server/listeners.ts');
  const fixed = readFileSync(listeners, 'utf8').replace(/^.*throw new Error.*\n/m, '');
  writeFileSync(listeners, fixed);
  await vi.waitFor(
    async () => {
      await follow({ ...curl, code: curl.code.replace('bob', `eve-${Date.now()}`) });
      expect(output).toContain('welcome-mail: sent to eve-');
    },
    { timeout: 30_000, interval: 1500 },
  );
  const [, event] = /LISTENER_FAILED \[user\.created (\S+)\]/.exec(output)!;
  await fetch(`${address}/api/redeliver`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      origin: address!,
    },
    body: JSON.stringify({ event, listener: 'welcome-mail' }),
  });
  await printed('welcome-mail: sent to bob@example.org');
});
interface Entry {
  readonly kind: string;
  readonly error?: { readonly message: string };
}

test('The application compiles.', () => {
  execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
});
