import { once } from 'node:events';
import { bus } from './bus.ts';
import { live } from './live.ts';
import type { Server } from './server.ts';
import { print } from './trace/text.ts';

/** What can be tried: a path, and what curl is to send there. */
const EXAMPLES = [
  ['A success', 'users.register', `--json '{"json":{"name":"Ada","email":"ada@example.org"}}'`],
  [
    'A failure',
    'orders.place',
    `--json '{"json":{"item":"unicorn","quantity":1,"email":"ada@example.org"}}'`,
  ],
  ['A slow listener', 'users.uploadPhoto', `--json '{"json":{"userId":"u1","bytes":2400000}}'`],
  [
    'A subscription',
    'users.import',
    `-G --data-urlencode 'input={"json":[{"name":"Eve","email":"eve@example.org"}]}'`,
  ],
  ['The mails that were sent', 'outbox', ''],
] as const;

/** Prints what happens, until the process is asked to end; then lets what is under way come to its end. */
export async function serve(server: Server): Promise<void> {
  bus.observe(live);
  for (const [title, path, data] of EXAMPLES) {
    print([]);
    print([['dim', `# ${title}`]]);
    // Whole lines, however narrow the terminal, so that they can be copied.
    console.log(`curl ${server.url}/${path}${data && ` \\\n  ${data}`}`);
  }
  print([]);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  print([['dim', 'Closing: what is under way comes to its end.']]);
  await server.close();
  print([['dim', 'Closed.']]);
}
