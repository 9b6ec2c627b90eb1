import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { Ledger } from './ledger.ts';
import type { AppRouter, Message, Seam, Work } from './server.ts';

const FILE = join(import.meta.dirname, 'server.ts');

/** A server in a process of its own, which a recipe may end or kill. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #client: ReturnType<typeof createTRPCClient<AppRouter>>;
  readonly #at: Record<Seam | 'open', Set<string>>;

  private constructor(
    child: ChildProcess,
    folder: string,
    url: string,
    at: Record<Seam | 'open', Set<string>>,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#client = createTRPCClient<AppRouter>({ links: [httpLink({ url })] });
    this.#at = at;
  }

  static async start(): Promise<ServerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'trpc-events-faults-'));
    const child = fork(FILE, [join(folder, 'journal')], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const at = {
      open: new Set<string>(),
      'before the response': new Set<string>(),
      'between response and flush': new Set<string>(),
      'in mid-flush': new Set<string>(),
    };
    const url = await new Promise<string>((resolve, reject) => {
      child.on('message', (message: Message) => {
        if ('url' in message) resolve(message.url);
        else at[message.at].add(message.token);
      });
      child.once('exit', () => reject(new Error('The server ended before it listened')));
    });
    return new ServerProcess(child, folder, url, at);
  }

  work(work: Work): Promise<unknown> {
    return this.#client.work.mutate(work);
  }

  /** Waits until `count` calls have come to a place. */
  async until(place: Seam | 'open', count: number): Promise<void> {
    for (const deadline = Date.now() + 60_000; this.#at[place].size < count; await sleep(5)) {
      if (Date.now() > deadline)
        throw new Error(`Only ${this.#at[place].size} of ${count} calls came to be ${place}`);
    }
  }

  /** Waits until the journal has `count` lines. */
  async untilHandled(count: number): Promise<void> {
    for (const deadline = Date.now() + 60_000; this.#lines().length < count; await sleep(5)) {
      if (Date.now() > deadline) throw new Error(`Only ${this.#lines().length} of ${count} were handled`);
    }
  }

  /** Sends a signal. Returns true if the process ends in time and as it should: on SIGTERM, once its bus is closed. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean> {
    const inTime = AbortSignal.timeout(60_000);
    const ended = once(this.#child, 'exit', { signal: inTime });
    this.#child.kill(signal);
    try {
      const [code, by] = (await ended) as [number | null, NodeJS.Signals | null];
      return signal === 'SIGKILL' ? by === signal : code === 0;
    } catch (error) {
      if (inTime.aborted) return false;
      throw error;
    }
  }

  /** Enters what the server's listeners have handled into the ledger. */
  enter(ledger: Ledger): void {
    for (const line of this.#lines()) {
      const [token, listener] = line.split('\t') as [string, string];
      ledger.handle(token, listener);
    }
  }

  #lines(): readonly string[] {
    const journal = join(this.#folder, 'journal');
    return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').slice(0, -1) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
