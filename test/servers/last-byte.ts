import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientJob } from './client-process.ts';
import type { LinkName } from './clients.ts';
import type { Adapter } from './start.ts';

/** A client in another process. A busy thread can see whether this client has the last byte. */
export interface DistantClient extends AsyncDisposable {
  /** Resolves to the lengths of the answers. */
  query(link: LinkName, paths: readonly string[]): Promise<number[]>;
  /**
   * Burns CPU, as a listener may, until the client has the whole answer, which arrives only if none of its bytes needs
   * this thread anymore. Gives up after `limit` ms. Returns true if the client has the answer.
   */
  burnUntilAnswered(limit?: number): boolean;
}

export async function startDistantClient(url: string, adapter: Adapter): Promise<DistantClient> {
  const folder = mkdtempSync(join(tmpdir(), 'trpc-events-'));
  const child = fork(new URL('client-process.ts', import.meta.url), [url, adapter], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  let jobs = 0;
  const mark = () => join(folder, String(jobs));
  return {
    async query(link, paths) {
      jobs++;
      const job: ClientJob = { link, paths, mark: mark() };
      child.send(job);
      const [lengths] = (await once(child, 'message')) as [number[]];
      return lengths;
    },
    burnUntilAnswered(limit = 10_000) {
      const end = performance.now() + limit;
      while (!existsSync(mark()) && performance.now() < end);
      return existsSync(mark());
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}
