import { parseArgs } from 'node:util';

const USAGE = `Usage: npm run playground -- [--port <number>] [--dev]
  --port  Default: 3000, or the next that is free; 0 takes any.
  --dev   Next's development server: what you edit takes effect, and the first answers are slow.
Orders go through a queue to a worker, in memory. With SQS_QUEUE_URL and SQS_QUEUE_URL_REPLIES set, through yours.`;

export interface Options {
  readonly port: number | undefined;
  readonly dev: boolean;
}

export function readOptions(): Options {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' }, dev: { type: 'boolean' } } });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
      throw new Error(`${values.port} is no port.`);
    return { port, dev: values.dev ?? false };
  } catch (error) {
    return refuse(`${(error as Error).message}\n${USAGE}`);
  }
}

export function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
