/** `last-byte.ts` runs this client in its own process, so that no work in the server's process delays it. */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import type { AnyTRPCRouter } from '@trpc/server';
import { Clients, type LinkName } from './clients.ts';
import { http2Fetch } from './http2-fetch.ts';

/** Calls these queries at once, and writes the file `mark` when all their answers have arrived. */
export interface ClientJob {
  readonly link: LinkName;
  readonly paths: readonly string[];
  readonly mark: string;
}

const [, , url, protocol] = process.argv as [string, string, string, string];
const fetch = protocol === 'http2' ? http2Fetch(connect(url)) : undefined;
const clients = new Clients<AnyTRPCRouter>({ url, ...(fetch && { fetch }) });

async function run({ link, paths, mark }: ClientJob): Promise<void> {
  const client = clients.client(link) as unknown as Record<string, { query(): Promise<string> }>;
  const answers = await Promise.all(paths.map((path) => client[path]!.query()));
  writeFileSync(mark, 'here');
  process.send!(answers.map(({ length }) => length));
}
process.on('message', (job: ClientJob) => void run(job));
process.send!('ready');
