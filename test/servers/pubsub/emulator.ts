import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import type { PubSub } from '@google-cloud/pubsub';
import { pubsubClient } from '../pubsub.ts';

/** The path of gcloud's Pub/Sub emulator, relative to the folder of gcloud itself. */
const COMPONENT = '../platform/pubsub-emulator/bin/cloud-pubsub-emulator';

const HOST = process.env['PUBSUB_EMULATOR_HOST'];
const COMMAND = findOnPath('cloud-pubsub-emulator') ?? findComponent();

/** The reason why there is no emulator. Undefined if there is one. */
export const missingEmulator =
  HOST === undefined && COMMAND === undefined
    ? 'PUBSUB_EMULATOR_HOST is not set, and neither cloud-pubsub-emulator nor that component of gcloud is installed.'
    : undefined;

/** Google's emulator: the one that PUBSUB_EMULATOR_HOST names, or a process of its own. */
export class Emulator implements AsyncDisposable {
  readonly #address: string;
  readonly #process: ChildProcess | undefined;
  readonly #clients: PubSub[] = [];

  private constructor(address: string, process?: ChildProcess) {
    this.#address = address;
    this.#process = process;
  }

  static async start(): Promise<Emulator> {
    if (HOST !== undefined) return new Emulator(HOST);
    const port = await freePort();
    const options = ['--host=127.0.0.1', `--port=${port}`];
    const child = spawn(COMMAND!, options, { stdio: 'ignore', detached: true });
    const emulator = new Emulator(`127.0.0.1:${port}`, child);
    process.once('exit', () => emulator.#kill());
    while (!(await canConnect(port))) {
      if (child.exitCode !== null) throw new Error(`${COMMAND} has ended with code ${child.exitCode}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return emulator;
  }

  client(): PubSub {
    const client = pubsubClient(this.#address);
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    if (this.#kill()) await once(this.#process!, 'exit');
  }

  /** Ends the script and the Java process that it started, which are one group. Returns true if they were running. */
  #kill(): boolean {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    process.kill(-child.pid);
    return true;
  }
}

function findOnPath(command: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}

function findComponent(): string | undefined {
  const gcloud = findOnPath('gcloud');
  const component = gcloud && join(dirname(realpathSync(gcloud)), COMPONENT);
  return component !== undefined && existsSync(component) ? component : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
