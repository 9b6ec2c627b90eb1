import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import { Miniflare } from 'miniflare';
import { bundle, WRANGLER } from './bundle.ts';
import type { AppRouter } from './worker.ts';

export interface WorkerOptions {
  readonly flags?: readonly string[];
  readonly date?: string;
  /** Import conditions of the bundler. */
  readonly conditions?: readonly string[];
  /** Code to put in front of the bundle. */
  readonly before?: string;
}

/** workerd's report of an invocation that is over, `waitUntil` included. None of its code runs anymore. */
export interface Over {
  readonly outcome: string;
  readonly exceptions: readonly string[];
  readonly logs: readonly string[];
}

/** A request, and the worker's reports about it. */
export interface WorkerRequest {
  readonly headers: { readonly 'x-request': string };
  readonly client: TRPCClient<AppRouter>;
  /** Reports in the order in which they came, with anything that the test has put between them. */
  readonly reports: string[];
  readonly over: Promise<Over>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Makes the request's listeners wait at each report, until the returned function is called. */
  hold(): () => void;
  /** Resolves when the worker has reported this text. */
  told(text: string): Promise<void>;
}

export interface RunningWorker extends AsyncDisposable {
  request(): WorkerRequest;
  /** Warnings and errors that workerd wrote. */
  readonly stderr: readonly string[];
}

/** The second worker. It reports when an invocation of the worker under test is over, and sends mails for that worker. */
const OTHER = `import { WorkerEntrypoint } from 'cloudflare:workers';
export class Mail extends WorkerEntrypoint {
  async send(request, text) {
    const report = (text) => fetch(this.env.REPORT, { method: 'POST', body: JSON.stringify({ request, text }) });
    await report('sending ' + text);
    if (text === 'refused') throw new Error('refused');
    await report('sent ' + text);
  }
}
export default {
  async tail(events, { REPORT }) {
    for (const { event, outcome, exceptions, logs } of events) {
      const over = {
        outcome,
        exceptions: exceptions.map(({ name, message }) => name + ': ' + message),
        logs: logs.map(({ level, message }) => level + ': ' + JSON.stringify(message)),
      };
      const body = JSON.stringify({ request: event?.request?.headers['x-request'], over });
      await fetch(REPORT, { method: 'POST', body });
    }
  },
};`;
const DATE = '2026-04-01';
const ENTRY = resolve(import.meta.dirname, 'worker.ts');

/**
 * Starts a real workerd with `worker.ts`, and a server to which that worker reports.
 *
 * @example
 * await using worker = await startWorker({ flags: ['nodejs_als'] });
 * const request = worker.request();
 * await request.client.auto.note.query('mine');
 * expect(await request.over).toMatchObject({ outcome: 'ok' });
 */
export async function startWorker(options: WorkerOptions = {}): Promise<RunningWorker> {
  const { flags = [], date = DATE, conditions = WRANGLER, before = '' } = options;
  const requests = new Map<string, Told>();
  const server = createServer(async (message, response) => {
    await receive(message, requests);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bindings = { REPORT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const contents = before + (await bundle(ENTRY, conditions));
  const stderr: string[] = [];
  const miniflare = new Miniflare({
    workers: [
      {
        name: 'worker',
        modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
        compatibilityDate: date,
        compatibilityFlags: [...flags],
        bindings,
        serviceBindings: { MAIL: { name: 'other', entrypoint: 'Mail' } },
        tails: ['other'],
      },
      { name: 'other', modules: true, script: OTHER, compatibilityDate: DATE, bindings },
    ],
    handleRuntimeStdio(_: Readable, errors: Readable) {
      errors.setEncoding('utf8').on('data', (text: string) => stderr.push(text));
    },
  });
  const stop = async () => {
    await miniflare.dispose();
    server.closeAllConnections();
    server.close();
  };
  try {
    const url = await miniflare.ready;
    return {
      stderr,
      request() {
        const id = String(requests.size + 1);
        const told = new Told();
        requests.set(id, told);
        return request(url, id, told);
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class Told {
  readonly reports: string[] = [];
  readonly over: Promise<Over>;
  readonly heard = new Set<() => void>();
  end!: (over: Over) => void;
  held: Promise<void> | undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.end = resolve));
  }

  add(text: string): void {
    this.reports.push(text);
    for (const check of this.heard) check();
  }
}

async function receive(message: IncomingMessage, requests: Map<string, Told>): Promise<void> {
  const { request, text, over } = (await json(message)) as { request?: string; text?: string; over?: Over };
  const told = requests.get(request ?? '');
  if (over !== undefined) told?.end(over);
  if (text === undefined) return;
  told?.add(text);
  await told?.held;
}

function request(url: URL, id: string, told: Told): WorkerRequest {
  const headers = { 'x-request': id };
  return {
    headers,
    client: createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: new URL('/trpc', url), headers })] }),
    reports: told.reports,
    over: told.over,
    fetch: (path, init) => fetch(new URL(path, url), { ...init, headers }),
    hold() {
      let release!: () => void;
      told.held = new Promise((resolve) => (release = resolve));
      return () => {
        told.held = undefined;
        release();
      };
    },
    told: (text) =>
      new Promise((resolve) => {
        const check = () => {
          if (!told.reports.includes(text)) return;
          told.heard.delete(check);
          resolve();
        };
        told.heard.add(check);
        check();
      }),
  };
}
