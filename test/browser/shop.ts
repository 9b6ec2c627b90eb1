import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The playground, as `npm run playground` starts it: the production build. */
export interface ShopProcess {
  readonly url: string;
  /** How long it took to answer, in ms. */
  readonly took: number;
  /** What it has printed. */
  printed(): string;
  /** Asks it to end, as a terminal or a host does; gives the exit code, and what it wrote to stderr. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; errors: string }>;
}

const { NODE_ENV: _1, VITEST: _2, TRPC_EVENTS_DISABLED: _3, ...environment } = process.env;

export async function startShop(args: readonly string[] = ['--port', '0']): Promise<ShopProcess> {
  const start = performance.now();
  const child = spawn(process.execPath, ['playground/start.ts', ...args], {
    env: environment as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const errors = text(child.stderr!);
  let printed = '';
  child.stdout!.on('data', (chunk) => (printed += chunk));
  const url = await Promise.race([addressIn(child, () => printed), closed.then(() => undefined)]);
  if (url === undefined) throw new Error(`The shop ended before it answered.\n${printed}\n${await errors}`);
  return {
    url,
    took: performance.now() - start,
    printed: () => printed,
    async stop(signal) {
      child.kill(signal);
      const [code] = (await closed) as [number | null];
      return { code, errors: await errors };
    },
  };
}

async function addressIn(child: ChildProcess, printed: () => string): Promise<string> {
  for (;;) {
    const [url] = /http:\/\/\S+/.exec(printed()) ?? [];
    if (url !== undefined) return url;
    await once(child.stdout!, 'data');
  }
}

/** Takes a port, until it is disposed. */
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
