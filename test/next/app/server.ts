import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { builtApp, environment, linesOf, NEXT, type Line, type Variant } from './apps.ts';

/** The whole response that a client got. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}
export interface Input {
  readonly note: string;
  /** A file that the client creates when it has the whole answer. Until then the listener burns CPU. */
  readonly mark: string;
  /** A file that the listener waits for, if there is one. */
  readonly gate?: string;
  /** A tag of Next's cache that the listener purges. */
  readonly purge?: string;
}

/** The fixture's procedures, typed by hand for its client, because the fixture is compiled as an app of its own. */
export interface AppClient {
  readonly save: { mutate(input: Input): Promise<string> };
  readonly fail: { mutate(input: Input): Promise<never> };
  readonly large: { query(input: Input): Promise<string> };
  readonly largeAfter: { query(input: Input): Promise<string> };
  readonly rows: Rows;
  readonly rowsAfter: Rows;
}
interface Rows {
  subscribe(
    input: Input,
    on: { onData(row: number): void; onError(error: unknown): void },
  ): { unsubscribe(): void };
}

/** A real Next.js server in a process of its own, and this process as its client. */
export interface NextServer extends AsyncDisposable {
  readonly url: string;
  /** Sends a request whose event has this note. */
  ask(note: string, path: string, init?: RequestInit): Promise<Answer>;
  post(note: string, path: string, init?: RequestInit): Promise<Answer>;
  /** Calls the procedures at this path with tRPC's client. */
  call<R>(
    note: string,
    path: string,
    call: (client: AppClient, input: Input) => Promise<R>,
  ): Promise<{ readonly data: R; readonly encoding: string | null }>;
  input(note: string): Input;
  /** Creates the file that says that the client has the whole answer. */
  answered(note: string): void;
  /** Returns the lines of this note, as soon as there is one. */
  fate(note: string): Promise<Line[]>;
  /** Returns all lines that have been written so far. */
  recorded(): Line[];
  /** Returns all lines after the bus has drained. */
  lines(): Promise<Line[]>;
  /** Tells the server to end, and waits until it has. */
  end(): Promise<void>;
  /** Returns what the server has printed. */
  output(): string;
}

/** Starts a server for a file's tests. At the end, no error may have been reported, and no event handled twice. */
export function useNext(variant: Variant): () => NextServer {
  let server: NextServer;
  beforeAll(async () => {
    server = await startNext('start', await builtApp(variant));
  });
  afterAll(async () => {
    await using _ = server;
    const lines = await server.lines();
    expect(lines.filter(({ error }) => error !== undefined)).toEqual([]);
    const fates = lines.map(({ note, by, dropped }) => `${note}: ${by ?? dropped}`);
    expect(fates.filter((fate, i) => fates.indexOf(fate) !== i)).toEqual([]);
  });
  return () => server;
}

export interface StartOptions {
  /** If true, no request waits for `instrumentation.ts`. Next listens before it has loaded that file. */
  readonly early?: boolean;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export async function startNext(
  command: 'start' | 'dev',
  folder: string,
  { early = false, args = [], env = {} }: StartOptions = {},
): Promise<NextServer> {
  const notes = mkdtempSync(join(tmpdir(), 'trpc-events-next-'));
  const record = join(notes, 'record.jsonl');
  const next = spawn(
    process.execPath,
    [NEXT, command, '.', '--port', '0', '--hostname', '127.0.0.1', ...args],
    { cwd: folder, env: { ...environment(folder, record), ...env } },
  );
  let output = '';
  for (const stream of [next.stdout, next.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const url = await vi.waitFor(
    () => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (url === undefined || !output.includes('Ready')) throw new Error(`next ${command}: ${output}`);
      return url;
    },
    { timeout: 60_000, interval: 20 },
  );
  // The request is for a static file, because that loads no code of the app.
  if (!early) await fetch(`${url}/ready.txt`);

  const input = (note: string): Input => ({ note, mark: join(notes, encodeURIComponent(note)) });
  const answered = (note: string) => writeFileSync(input(note).mark, 'here');
  const server: NextServer = {
    url,
    input,
    answered,
    async ask(note, path, init) {
      const target = new URL(path, url);
      for (const [name, value] of Object.entries(input(note))) target.searchParams.set(name, value);
      const headers = { 'accept-encoding': 'gzip', ...(init?.headers as Record<string, string>) };
      const response = await fetch(target, { redirect: 'manual', ...init, headers });
      const body = await response.text();
      answered(note);
      return { status: response.status, headers: response.headers, body };
    },
    post: (note, path, init) => server.ask(note, path, { method: 'POST', ...init }),
    async call(note, path, call) {
      let encoding: string | null = null;
      const watching = async (input: string | URL | Request, init?: unknown) => {
        const response = await fetch(input, init as RequestInit);
        encoding = response.headers.get('content-encoding');
        return response;
      };
      const link = httpLink({ url: url + path, fetch: watching, headers: { 'accept-encoding': 'gzip' } });
      try {
        const data = await call(
          createTRPCClient<AnyTRPCRouter>({ links: [link] }) as unknown as AppClient,
          input(note),
        );
        return { data, encoding };
      } finally {
        answered(note);
      }
    },
    fate: (note) =>
      vi.waitFor(
        () => {
          const lines = linesOf(record).filter((line) => line.note === note);
          if (lines.length === 0) throw new Error(`Nothing became of "${note}". Next printed:\n${output}`);
          return lines;
        },
        { timeout: 20_000, interval: 10 },
      ),
    recorded: () => linesOf(record),
    async lines() {
      const { status } = await fetch(`${url}/api/drain`, { method: 'POST' });
      expect(status).toBe(204);
      return linesOf(record);
    },
    output: () => output,
    async end() {
      // In development, this also ends the process that Next has started.
      next.kill('SIGTERM');
      if (next.exitCode === null && next.signalCode === null) await once(next, 'exit');
    },
    async [Symbol.asyncDispose]() {
      const slow = setTimeout(() => next.kill('SIGKILL'), 5000);
      await server.end();
      clearTimeout(slow);
      rmSync(notes, { recursive: true });
    },
  };
  return server;
}
