/** `npm run playground` builds the shop if it has changed, starts it, and prints its address. */
import { buildIfChanged } from './start/build.ts';
import { inspectorAddress } from './start/inspector.ts';
import { readOptions } from './start/options.ts';
import { freePort } from './start/port.ts';
import { openQueues } from './start/queues.ts';
import { startServer } from './start/server.ts';
import { warmUp } from './start/warm-up.ts';

const options = readOptions();
const port = await freePort(options.port);
const queues = await openQueues(options.pubsub);
if (!options.dev) await buildIfChanged();
const inspector = inspectorAddress(port);
const server = startServer({ dev: options.dev, port, queues, inspector });
const url = `http://localhost:${port}`;
await warmUp(url, server.exited);
const { OTEL_EXPORTER_OTLP_ENDPOINT: collector } = process.env;
const traces = collector ? `Traces and metrics go to ${collector}\n` : '';
console.log(`\nThe shop is open: ${url}\nIts inspector is at ${inspector}\n${traces}Ctrl-C closes it.`);
server.show();
process.exit(await server.exited); // the queues end with this process
