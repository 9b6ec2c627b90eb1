import type { Mutant } from './mutant.ts';

/** Bugs in what is done with the messages of a queue. */
export const QUEUES: readonly Mutant[] = [
  {
    name: 'a message whose listener failed acknowledged',
    file: 'queue/receiver.ts',
    find: "return acknowledge.includes('failed') ? 'handled' : 'failed';",
    replace: "return 'handled';",
    tests: ['queue/receiver.test.ts'],
  },
  {
    name: 'a bad message acknowledged where unknown ones are',
    file: 'queue/receiver.ts',
    find: "code === 'UNKNOWN_EVENT' && acknowledge.includes('unknown')",
    replace: "acknowledge.includes('unknown')",
    tests: ['queue/receiver.test.ts'],
  },
  {
    name: 'a closed bus keeps a message hidden',
    file: 'queue/receiver.ts',
    find: "if (code === 'CLOSED' || code === 'DISABLED') return 'closed';",
    replace: "if (code === 'DISABLED') return 'closed';",
    tests: ['queue/receiver.test.ts'],
  },
  {
    name: 'claims kept of a message that is refused',
    file: 'queue/receiver.ts',
    find: '      await claims?.releaseAll();\n      return refused',
    replace: '      return refused',
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'claims kept of a message that is busy elsewhere',
    file: 'queue/claims.ts',
    find: 'await this.releaseAll();',
    replace: '',
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'a listener completed though its chain has failed',
    file: 'queue/claims.ts',
    find: 'const failed = new Set(failures.map(({ via }) => via));',
    replace: 'const failed = new Set(failures.map(({ listener }) => listener));',
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'a claim that is never extended',
    file: 'queue/claims.ts',
    find: 'this.#lease.extended = (left)',
    replace: 'const ignored = (left: number)',
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'keys of two listeners that are one',
    file: 'queue/delivery-key.ts',
    find: 'JSON.stringify([source, id, listener])',
    replace: "[source, id, listener].join(' ')",
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'a broker’s id ignored',
    file: 'queue/receiver.ts',
    find: 'codec.decode(text, { id, time, attributes });',
    replace: "codec.decode(text, { id: 'x', time, attributes });",
    tests: ['queue/receiver.test.ts'],
  },
  {
    name: 'claims as long as the message is hidden',
    file: 'queue/claims.ts',
    find: 'left - Math.min(MARGIN, left / 10)',
    replace: 'left',
    tests: ['queue/dedupe.test.ts'],
  },
  {
    name: 'a message deleted because of a mistake in the worker',
    file: 'queue/receiver.ts',
    find: "return code === 'NO_CONTEXT' ? 'closed' : 'unable';",
    replace: "return acknowledge.includes('refused') ? 'handled' : 'unable';",
    tests: ['queue/receiver.test.ts'],
  },
];
