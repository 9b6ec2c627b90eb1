/** `lambda.ts` runs this execution environment of AWS Lambda, which is frozen when its handler has resolved. */
import { Writable } from 'node:stream';
import { awsLambdaRequestHandler, awsLambdaStreamingRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { auto } from '../../src/index.ts';
import { makeFrozenApp } from './frozen-app.ts';
import { ANSWER, makeJournal } from './journal.ts';

/** Message that starts an invocation. */
export interface Invoke {
  readonly kind: 'buffered' | 'streaming' | 'scheduled';
  readonly event: unknown;
}

const [, , file] = process.argv as [string, string, string];
const journal = makeJournal(file);

const { bus, router } = makeFrozenApp({
  defer: auto(),
  listenerTime: () => 5,
  handled: (id) => journal.write(id),
  failed: (problem) => journal.write(`problem ${problem}`),
});
const createContext = () => ({ waitUntil: () => {} });

/** Stream that collects the response of a streaming handler. */
class ResponseStream extends Writable {
  readonly chunks: Buffer[] = [];
  contentType = '';

  setContentType(type: string): void {
    this.contentType = type;
  }

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
}

/** Stands in for the runtime's global: a response begins with its metadata as JSON, and eight zero bytes. */
const awslambda = {
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.write(JSON.stringify(metadata));
      stream.write(new Uint8Array(8));
      return stream;
    },
  },
};
Object.assign(globalThis, { awslambda });

const buffered = awsLambdaRequestHandler({ router, createContext });
const streaming = awsLambdaStreamingRequestHandler({ router, createContext });

async function invoke({ kind, event }: Invoke): Promise<string> {
  if (kind === 'buffered') return JSON.stringify(await buffered(event as never, {} as never));
  if (kind === 'scheduled') {
    await bus.publish('step', event as { id: string; chain: number });
    return '';
  }
  const stream = new ResponseStream();
  await streaming(event as never, stream, {} as never);
  return Buffer.concat(stream.chunks).toString('base64');
}

process.on('message', async (message: Invoke) => {
  const answer = await invoke(message);
  for (const resource of process.getActiveResourcesInfo())
    if (resource === 'Timeout' || resource === 'Immediate') journal.write(`left behind: ${resource}`);
  journal.write(ANSWER + answer);
  journal.freeze();
});
process.send!('ready');
