import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The exit code of a process, and its output. */
export interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly errors: string;
}
/** The playground, as `npm run playground` starts it: the production build. */
export interface ShopProcess {
  readonly url: string;
  /** Time that the shop took to answer, in ms. */
  readonly took: number;
  /** Returns what the shop has printed so far. */
  printed(): string;
  /** Asks the shop to end, as a terminal or a host does. */
  stop(signal: NodeJS.Signals): Promise<Pick<Ended, 'code' | 'errors'>>;
}

const { NODE_ENV: _1, VITEST: _2, TRPC_EVENTS_DISABLED: _3, ...env } = process.env;

function run(args: readonly string[]) {
  const child = spawn(process.execPath, ['playground/start.ts', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return { child, closed, errors: text(child.stderr) };
}

/** Runs the playground with arguments with which it ends by itself. */
export async function runShop(args: readonly string[]): Promise<Ended> {
  const { child, closed, errors } = run(args);
  const [printed, [code]] = await Promise.all([text(child.stdout), closed]);
  return { code, printed, errors: await errors };
}

export async function startShop(args: readonly string[] = ['--port', '0']): Promise<ShopProcess> {
  const start = performance.now();
  const { child, closed, errors } = run(args);
  let printed = '';
  const address = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      const [url] = /http:\/\/\S+(?=\n)/.exec(printed) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([address, closed.then(() => undefined)]);
  if (url === undefined) throw new Error(`The shop ended before it answered.\n${printed}\n${await errors}`);
  return {
    url,
    took: performance.now() - start,
    printed: () => printed,
    async stop(signal) {
      child.kill(signal);
      const [code] = await closed;
      return { code, errors: await errors };
    },
  };
}

/** Takes a port until the result is disposed. */
export async function takePort(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer().listen(port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
