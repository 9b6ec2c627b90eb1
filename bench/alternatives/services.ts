/** A real Redis and a real PostgreSQL, each in a folder of its own that is removed at the end. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Service extends AsyncDisposable {
  readonly url: string;
}

/** Installs a Debian package if its command is missing. Returns undefined, and says so, if that can't be done. */
function commandOf(name: string, find: () => string | undefined): string | undefined {
  const known = find();
  if (known !== undefined) return known;
  console.log(`Installing ${name} …`);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: 'ignore' });
  const found = find();
  if (found === undefined) console.log(`${name} is not installed, and could not be: its lines are left out.`);
  return found;
}

const exists = (path: string) => (existsSync(path) ? path : undefined);

export async function startRedis(): Promise<Service | undefined> {
  const command = commandOf('redis-server', () => exists('/usr/bin/redis-server'));
  if (command === undefined) return undefined;
  const port = await freePort();
  const child = spawn(command, [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ]);
  await answers(port);
  return { url: `redis://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => end(child, 'SIGTERM') };
}

/** Starts PostgreSQL. `fsync` and `synchronous_commit` are on, as they are by default. */
export async function startPostgres(): Promise<Service | undefined> {
  const command = commandOf('postgresql', () => globSync('/usr/lib/postgresql/*/bin/postgres').at(-1));
  if (command === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'trpc-events-bench-'));
  const port = await freePort();
  const user = owner();
  chmodSync(folder, 0o700);
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const made = spawnSync(
    command.replace(/postgres$/, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync'],
    { ...user, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const child = spawn(command, ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder], { ...user });
  await answers(port);
  return {
    url: `postgres://bench@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the user of PostgreSQL's package if this process is root, because PostgreSQL refuses to run as root. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Resolves when something listens on a port. Rejects after 20 s. */
async function answers(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const socket = createConnection(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  if (child.exitCode === null) await once(child, 'exit');
}
