import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { bundle, WRANGLER } from '../workerd/bundle.ts';

/** The longest that a listener waits for the mark of an answer, in ms. */
const LIMIT = 3000;

export interface MatrixWorker extends AsyncDisposable {
  readonly url: string;
}

/** Starts the application in workerd, and a server that tells its listeners what the client has marked. */
export async function startMatrixWorker(
  entry: string,
  flags: readonly string[],
  marks: string,
): Promise<MatrixWorker> {
  const server = createServer(async ({ url }, response) => {
    const end = performance.now() + LIMIT;
    const mark = join(marks, url!.slice(1));
    while (!existsSync(mark) && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5));
    response.end(String(existsSync(mark)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await bundle(entry, WRANGLER) }],
    compatibilityDate: '2026-04-01',
    compatibilityFlags: [...flags],
    bindings: { MARKS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  const { origin } = await miniflare.ready;
  return {
    url: origin,
    async [Symbol.asyncDispose]() {
      await miniflare.dispose();
      server.closeAllConnections();
      server.close();
    },
  };
}
