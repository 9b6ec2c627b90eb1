/** `npm run tour` plays the scenes and ends. `npm run tour -- --serve` keeps the server up. */
import { parseArgs } from 'node:util';
import { play } from './play.ts';
import { serve } from './serve.ts';
import { listen } from './server.ts';
import { print } from './trace/text.ts';

// A program such as `head` may stop reading early.
process.stdout.on('error', () => process.exit());

const { stays, port } = readOptions();
const server = await listen(port).catch(refuse);
print([
  ['bold', 'trpc-events tour'],
  ['dim', `  ${server.url}`],
]);
if (stays) await serve(server);
else {
  const failed = await play(server);
  await server.close();
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string' } } });
    const port = Number(values.port ?? 0);
    if (Number.isNaN(port)) throw new Error(`${values.port} is no port.`);
    return { stays: values.serve ?? false, port };
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  console.error((error as Error).message);
  console.error('Usage: npm run tour -- [--serve] [--port <number>]');
  process.exit(1);
}
