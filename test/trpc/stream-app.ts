import { start, type Adapter, type RunningServer } from '../servers/start.ts';
import { makeApp, t, type AppOptions } from './app.ts';

export type Dispatching = { dispatch(name: 'noted', payload: string, options?: object): void };
export type Generate = (opts: { ctx: Dispatching; signal?: AbortSignal | undefined }) => unknown;

/** Ways in which a stream reaches its client. */
export const TRANSPORTS = {
  'server-sent events': { adapter: 'standalone', path: 'subscription' },
  'server-sent events over HTTP/2': { adapter: 'http2', path: 'subscription' },
  'a WebSocket': { adapter: 'ws', path: 'subscription' },
  'a streamed query': { adapter: 'express', path: 'query' },
} as const satisfies Record<string, { adapter: Adapter; path: string }>;
export type Transport = keyof typeof TRANSPORTS;
export const transports = Object.keys(TRANSPORTS) as Transport[];

export interface Reading {
  readonly values: unknown[];
  /** Resolves to how the stream ended for the client. */
  readonly ended: Promise<'completed' | 'failed' | 'stopped'>;
  stop(): void;
}

/** Serves an app whose procedure answers with this stream. */
export async function serveStream(transport: Transport, generate: Generate, options?: AppOptions) {
  const app = makeApp(options);
  const { adapter, path } = TRANSPORTS[transport];
  const router = t.router({
    subscription: app.procedure.subscription(generate as never),
    query: app.procedure.query(generate),
  });
  const server = await start(adapter, router);
  return {
    ...app,
    read: (onValue?: () => void) => read(server, path, onValue),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await app.bus.close();
    },
  };
}

function read(
  server: RunningServer<any>,
  path: 'subscription' | 'query',
  onValue: (() => void) | undefined,
): Reading {
  const client = server.client('httpBatchStreamLink') as any;
  const values: unknown[] = [];
  const add = (value: unknown) => {
    values.push(value);
    onValue?.();
  };
  if (path === 'query') {
    const stopping = new AbortController();
    return {
      values,
      ended: readQuery(client, stopping.signal, add),
      stop: () => stopping.abort(),
    };
  }
  let stop!: () => void;
  const ended = new Promise<'completed' | 'failed' | 'stopped'>((resolve) => {
    const subscription = client.subscription.subscribe(undefined, {
      onData: add,
      onComplete: () => resolve('completed'),
      onError: () => resolve('failed'),
    });
    stop = () => {
      resolve('stopped');
      subscription.unsubscribe();
    };
  });
  return { values, ended, stop: () => stop() };
}

async function readQuery(client: any, signal: AbortSignal, add: (value: unknown) => void) {
  try {
    for await (const value of await client.query.query(undefined, { signal })) add(value);
    return 'completed';
  } catch {
    return signal.aborted ? 'stopped' : 'failed';
  }
}
