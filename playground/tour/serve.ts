import { once } from 'node:events';
import { bus } from './bus.ts';
import { live } from './live.ts';
import type { Server } from './server.ts';
import { print } from './trace/text.ts';

/** Calls to try: a title, a path, and the data that curl sends there. */
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

/** Prints what happens until the process is asked to end. It then lets running calls and listeners finish. */
export async function serve(server: Server): Promise<void> {
  bus.observe(live);
  for (const [title, path, data] of EXAMPLES) {
    print([]);
    print([['dim', `# ${title}`]]);
    // `print` would cut the lines in a narrow terminal, and they could not be copied.
    console.log(`curl ${server.url}/${path}${data && ` \\\n  ${data}`}`);
  }
  print([]);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  print([['dim', 'Closing: what is under way comes to its end.']]);
  await server.close();
  print([['dim', 'Closed.']]);
}
