import type {
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { handlerConformance } from '../../src/testing/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { Fauxqs } from '../servers/fauxqs.ts';
import { SqsServer } from '../servers/sqs.ts';

const MAX_BYTES = 10_000;
const codec = cloudEvents();
const idIn = (body: string | undefined) => codec.decode(body!).id;

interface Server extends AsyncDisposable {
  createQueue(name: string): { readonly url: string };
  client(): SQSClient;
  /** The bodies of the messages in a queue. */
  bodies(name: string): readonly string[];
}
async function own(): Promise<Server> {
  const server = await SqsServer.start();
  const bodies = (name: string) => server.queues.get(name)!.messages.map(({ body }) => body);
  return Object.assign(server, { bodies });
}

let queues = 0;
/** Makes a forwarder to a queue of its own. Its client can hold requests, and records what each of them sent. */
function make(server: Server, ending: string) {
  const name = `queue-${queues++}${ending}`;
  const { url } = server.createQueue(name);
  const client = server.client();
  const broken = new Set<string>();
  const held = new Map<string, Promise<void>>();
  const batches: string[][] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const ids = (args.input as SendMessageBatchCommandInput).Entries!.map(({ MessageBody }) =>
        MessageBody === '\0' ? '' : idIn(MessageBody),
      );
      for (const id of ids) await held.get(id);
      const result = await next(args);
      const { Successful = [] } = result.output as SendMessageBatchCommandOutput;
      batches.push(Successful.map(({ Id }) => ids[Number(Id)]!));
      return result;
    },
    { step: 'initialize' },
  );
  const forwarder = sqsForwarder({
    queueUrl: url,
    client,
    maxBytes: MAX_BYTES,
    // Only one request at a time keeps the order on a standard queue.
    ...(ending === '' ? { parallel: 1 } : { groupId: groupOf }),
    // SQS refuses U+0000, and blames only that entry.
    codec: { ...codec, encode: (event) => (broken.has(event.id) ? '\0' : codec.encode(event)) },
  });
  return Object.assign(forwarder, { name, server, batches, broken, held });
}

/** Returns an event's group: its key, or else one for the first events, for cases about order, or one of 50, for speed. */
function groupOf({ key, payload }: AnyEvent): string {
  const { n } = payload as { readonly n: number };
  return key ?? (n < 100 ? 'first' : `group-${n % 50}`);
}

const servers = [
  { server: 'the own server', start: own },
  { server: 'fauxqs', start: (): Promise<Server> => Fauxqs.start() },
];
const kinds = [
  { kind: 'standard', ending: '', ordered: false },
  { kind: 'FIFO', ending: '.fifo', ordered: true },
];
describe.each(servers)('The forwarder, on $server', ({ start }) => {
  let server: Server;
  beforeAll(async () => void (server = await start()));
  afterAll(() => server[Symbol.asyncDispose]());

  describe.each(kinds)('$kind', ({ ending, ordered }) => {
    const cases = handlerConformance(() => make(server, ending), {
      received({ name, batches }) {
        const there = new Set(server.bodies(name).map(idIn));
        return batches.map((ids) => ids.filter((id) => there.has(id)));
      },
      fail: ({ broken }, id) => void broken.add(id),
      hold({ held }, id) {
        let release!: () => void;
        held.set(id, new Promise((resolve) => (release = resolve)));
        return release;
      },
      capabilities: { ordered, abortable: true, sends: true, maxBatch: 10, maxBytes: MAX_BYTES },
      timeout: 30_000,
    });
    for (const { name, run, skip } of cases) it.skipIf(skip !== undefined)(name, { timeout: 30_000 }, run);
  });
});
