import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Fauxqs } from '../servers/fauxqs.ts';

/** The exit code of a process, and its output. */
export interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly errors: string;
}
/** The playground, as `npm run playground` starts it: the production build. */
export interface ShopProcess {
  readonly url: string;
  /** The id of the process that was started. The others are below it. */
  readonly pid: number;
  /** Time that the shop took to answer, in ms. */
  readonly took: number;
  /** Returns what the shop has printed so far. */
  printed(): string;
  /** Asks the shop to end, as a terminal or a host does. */
  stop(signal: NodeJS.Signals): Promise<Pick<Ended, 'code' | 'errors'>>;
}

const { NODE_ENV: _1, VITEST: _2, TRPC_EVENTS_DISABLED: _3, ...env } = process.env;

/** How the shop is started. */
export interface Start {
  readonly args?: readonly string[];
  /** Environment variables, beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** If true, npm starts the shop in a process group of its own, as a terminal does. Default: Node.js starts it. */
  readonly byNpm?: boolean;
}

/** Lines about listeners that fail on purpose, and about a worker that starts before the shop answers on a slow machine. */
const EXPECTED =
  /^trpc-events: (?:LISTENER_FAILED \[.*\[listener (?:notifyCarrier|mailReceipt|chargeCard)\b|inspector: forwardTo .* is tried again: ).*\n/gm;

function run({ args = ['--port', '0'], variables = {}, byNpm = false }: Start) {
  const [command, ...before] = byNpm
    ? ['npm', 'run', '--silent', 'playground', '--']
    : [process.execPath, 'playground/start.ts'];
  const child = spawn(command, [...before, ...args], {
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: byNpm,
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  return { child, closed, errors: text(child.stderr).then((all) => all.replace(EXPECTED, '')) };
}

/** Makes queues, and returns the variables that make the shop use them instead of its own. */
export function queueVariables(server: Fauxqs): Readonly<Record<string, string>> {
  return {
    SQS_QUEUE_URL: server.createQueue('shop-orders').url,
    SQS_QUEUE_URL_REPLIES: server.createQueue('shop-replies').url,
    AWS_ENDPOINT_URL_SQS: server.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** Runs the playground with arguments that make it end by itself. */
export async function runShop(args: readonly string[], variables = {}): Promise<Ended> {
  const { child, closed, errors } = run({ args, variables });
  const [printed, [code]] = await Promise.all([text(child.stdout), closed]);
  return { code, printed, errors: await errors };
}

export async function startShop(how: Start = {}): Promise<ShopProcess> {
  const start = performance.now();
  const { child, closed, errors } = run(how);
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
    pid: child.pid!,
    took: performance.now() - start,
    printed: () => printed,
    async stop(signal) {
      child.kill(signal);
      const [code] = await closed;
      return { code, errors: await errors };
    },
  };
}

/** Takes a port until the result is disposed. Clients that connect get no answer. */
export async function takePort(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((socket) => socket.resume()).listen(port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
