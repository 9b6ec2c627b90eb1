import { parseArgs } from 'node:util';

const USAGE = `Usage: npm run playground -- [--port <number>] [--dev] [--pubsub]
  --port    Default: 3000, or the next that is free; 0 takes any.
  --dev     Next's development server: what you edit takes effect, and the first answers are slow.
  --pubsub  Orders go through Google Pub/Sub. Default: Amazon SQS.
Orders go through a queue to a worker, in memory. With SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES set, or with PUBSUB_TOPIC,
through yours. With OTEL_EXPORTER_OTLP_ENDPOINT set, traces and metrics go there.`;

export interface Options {
  readonly port: number | undefined;
  readonly dev: boolean;
  readonly pubsub: boolean;
}

export function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, dev: { type: 'boolean' }, pubsub: { type: 'boolean' } },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
      throw new Error(`${values.port} is no port.`);
    return { port, dev: values.dev ?? false, pubsub: values.pubsub ?? false };
  } catch (error) {
    return refuse(`${(error as Error).message}\n${USAGE}`);
  }
}

export function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
