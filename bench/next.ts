/** The time of a response in a production build of Next.js. Needs `npm run build` first. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { responseTimes, type StartServer } from './http.ts';
import type { Table } from './report.ts';

const root = join(import.meta.dirname, '..');
const app = join(import.meta.dirname, 'next-app');
const NEXT = join(root, 'node_modules/next/dist/bin/next');
const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' };

/** Builds the app. The library is copied into its node_modules, as npm does it, because a link would be bundled. */
function build(): void {
  for (const path of ['package.json', 'dist'])
    cpSync(join(root, path), join(app, 'node_modules/trpc-events', path), { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [NEXT, 'build', app], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`next build failed:\n${stdout}${stderr}`);
}

const start: StartServer = async (subject) => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const child = spawn(process.execPath, [NEXT, 'start', app, '-p', `${port}`], { env, stdio: 'ignore' });
  while (!(await fetch(`http://localhost:${port}/`).catch(() => undefined))) await sleep(50);
  return {
    port,
    path: `/${subject}/trpc/create`,
    cpu: () => Promise.reject(new Error("Next's processes don't tell their CPU time.")),
    stop: () => void child.kill(),
  };
};

export async function* next(rounds: number): AsyncGenerator<Table> {
  build();
  try {
    const words = {
      bare: 'bare tRPC, nothing follows',
      control: 'the same again, the control',
      events: 'trpc-events',
      after: "Next's after()",
      inline: 'awaited inline',
    };
    const title = 'The time of a response in Next.js when 5 ms of work follow the call, ÷ bare tRPC, at p50';
    yield await responseTimes(title, start, words, Math.max(3, Math.round(rounds / 12)), {
      events: { atMost: 1.05 },
    });
  } finally {
    for (const path of ['.next', 'node_modules']) rmSync(join(app, path), { recursive: true, force: true });
  }
}
