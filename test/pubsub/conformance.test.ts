import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AnyEvent } from '../../src/index.ts';
import { pubsubForwarder } from '../../src/pubsub/index.ts';
import { handlerConformance } from '../../src/testing/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';
import { PubsubServer } from '../servers/pubsub.ts';

const MAX_BYTES = 100_000;
const codec = cloudEvents();
const idIn = (data: Buffer | string) => codec.decode(String(data)).id;

let topics = 0;
/** Makes a forwarder to a topic of its own. */
function make(server: PubsubServer, orderingKey: ((event: AnyEvent) => string) | undefined) {
  const topic = server.createTopic(`topic-${topics++}`);
  const broken = new Set<string>();
  const forwarder = pubsubForwarder({
    topic,
    client: server.client(),
    maxBytes: MAX_BYTES,
    orderingKey,
    codec,
    // One message that fails makes Pub/Sub refuse its whole request.
    attributes: ({ id }) => ({ fails: broken.has(id) ? 'yes' : '' }),
  });
  return Object.assign(forwarder, { topic, server, broken });
}

const kinds = [
  { kind: 'without keys', orderingKey: undefined, ordered: false },
  { kind: 'with one key', orderingKey: () => 'k', ordered: true },
  { kind: 'with many keys', orderingKey: manyKeys, ordered: false },
];

/** Returns an event's key. The first events share one, for the case about order, which holds only within a key. */
function manyKeys({ payload }: AnyEvent): string {
  const { n } = payload as { readonly n: number };
  return n < 100 ? 'first' : `key-${n % 2000}`;
}

describe.each(kinds)('The forwarder, $kind', ({ orderingKey, ordered }) => {
  let server: PubsubServer;
  beforeAll(async () => {
    server = await PubsubServer.start();
    server.faults.failRequests(({ input: { messages = [] } }) =>
      messages.some(({ attributes }) => attributes['fails'] === 'yes') ? 'INVALID_ARGUMENT' : undefined,
    );
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const cases = handlerConformance(() => make(server, orderingKey), {
    received({ topic, server }) {
      const accepted = new Set(server.log.map(({ data }) => idIn(data)));
      return server.requests
        .filter(
          ({ operation, input }) => operation === 'publish' && 'topic' in input && input.topic === topic,
        )
        .map(({ input: { messages = [] } }) => messages.map(({ data }) => idIn(data)))
        .filter((ids) => ids.every((id) => accepted.has(id)));
    },
    fail: ({ broken }, id) => void broken.add(id),
    hold: ({ server, topic }, id) =>
      server.faults.hold(
        ({ input: { messages = [], ...input } }) =>
          'topic' in input && input.topic === topic && messages.some(({ data }) => idIn(data) === id),
      ),
    capabilities: { ordered, abortable: true, sends: true, maxBatch: 1000, maxBytes: MAX_BYTES },
    timeout: 30_000,
  });
  for (const { name, run, skip } of cases) it.skipIf(skip !== undefined)(name, { timeout: 30_000 }, run);
});
