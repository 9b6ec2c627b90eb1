import type { Mutant } from './mutant.ts';

/** Bugs in sending events to Pub/Sub. */
export const PUBSUB_SEND: readonly Mutant[] = [
  {
    name: 'two requests of an ordering key at a time',
    file: 'pubsub/send/keys.ts',
    find: 'parallel: 1,',
    replace: 'parallel: 2,',
    tests: ['pubsub/keys.test.ts'],
  },
  {
    name: 'an ordering key that goes on while its first event waits for its next attempt',
    file: 'queue/send/gather.ts',
    find: 'const places = this.#settings.isOrdered === true ? 1 : 0;',
    replace: 'const places = 0;',
    tests: ['pubsub/keys.test.ts'],
  },
  {
    name: 'an ordering key that waits for ever behind an event that was given up',
    file: 'queue/send/gather.ts',
    find: '      clearTimeout(timer);\n      this.#requests -= places;',
    replace: '      clearTimeout(timer);',
    tests: ['pubsub/keys.test.ts'],
  },
  {
    name: 'events of a request that is taken apart sent in another order',
    file: 'queue/send/gather.ts',
    find: 'this.#ready.unshift(...alone);',
    replace: 'this.#ready.unshift(...alone.reverse());',
    tests: ['pubsub/faults.test.ts'],
  },
  {
    name: 'two ordering keys in one request',
    file: 'pubsub/send/keys.ts',
    find: 'for (const [key, ofKey] of byKey(entries)) this.#gathererOf(key).add(ofKey);',
    replace: "this.#gathererOf('all').add(entries);",
    tests: ['pubsub/keys.test.ts'],
  },
  {
    name: 'a new event that shares the fate of one that has failed',
    file: 'queue/send/gather.ts',
    find: 'this.#settings.isAllOrNothing === true && ',
    replace: 'this.#settings.maxEntries === 0 && ',
    tests: ['pubsub/keys.test.ts'],
  },
  {
    name: 'a request that takes the whole time of its events',
    file: 'pubsub/forwarder.ts',
    find: 'patience: timeout / 3',
    replace: 'patience: timeout',
    tests: ['pubsub/time.test.ts'],
  },
  {
    name: 'a time of its own for each event of an ordering key',
    file: 'queue/send/forward.ts',
    find: 'deadline: Math.min(deadline, Date.now() + timeout)',
    replace: 'deadline: Math.min(deadline, Date.now() + timeout * events.length)',
    tests: ['pubsub/time.test.ts'],
  },
  {
    name: 'a request that goes on in gRPC after it was given up',
    file: 'pubsub/client/call-options.ts',
    find: "call.cancelWithStatus(CANCELLED, 'given up')",
    replace: 'undefined',
    tests: ['pubsub/time.test.ts'],
  },
  {
    name: 'credentials that are not asked for before a request',
    file: 'pubsub/client/lazy-client.ts',
    find: 'if (needsCredentials(client)) await',
    replace: 'if (client === undefined) await',
    tests: ['pubsub/bad-input.test.ts'],
  },
  {
    name: 'the time of a request that nobody answers taken for a final error',
    file: 'pubsub/client/errors.ts',
    find: "if (name === 'TimeoutError') return 'network';",
    replace: '',
    tests: ['pubsub/faults.test.ts'],
  },
  {
    name: 'half of a character in an attribute',
    file: 'pubsub/send/attributes.ts',
    find: "text.replaceAll(/\\p{Surrogate}/gu, '\\uFFFD')",
    replace: 'text',
    tests: ['pubsub/message.test.ts'],
  },
];
