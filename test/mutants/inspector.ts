import type { Mutant } from './mutant.ts';

/** Bugs in the inspector: in what it keeps, and in whom it lets in. */
export const INSPECTOR: readonly Mutant[] = [
  {
    name: 'inspector token compared as far as it was given',
    file: 'inspector/serve/token.ts',
    find: 'let difference = text.length ^ token.length;',
    replace: 'let difference = 0;',
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'inspector answers a rebound host',
    file: 'inspector/serve/hosts.ts',
    find: 'if (name === undefined) return false;',
    replace: 'if (name === undefined || name.startsWith("127")) return true;',
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'inspector takes a POST that names no origin',
    file: 'inspector/serve/guard.ts',
    find: "origin === null ? isPost && kind !== 'processes'",
    replace: "origin === null ? isPost && kind === 'processes'",
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'inspector believes the length that a header says',
    file: 'inspector/serve/read-json.ts',
    find: 'if (bytes > MOST_BYTES) {',
    replace: 'if (bytes < 0) {',
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'inspector takes authorize that throws for a yes',
    file: 'inspector/serve/guard.ts',
    find: '  } catch {\n    return false;',
    replace: '  } catch {\n    return true;',
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'inspector answers where NODE_ENV is unset',
    file: 'inspector/serve/guard.ts',
    find: "['production', undefined, '']",
    replace: "['production']",
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'a redacted value shown in an error',
    file: 'inspector/text/write-error.ts',
    find: 'return shorten(secrets.scrub(String(value)), LONGEST[key]);',
    replace: 'return shorten(String(value), LONGEST[key]);',
    tests: ['inspector/bounds.test.ts', 'inspector/texts.test.ts'],
  },
  {
    name: 'bytes of payloads not counted',
    file: 'inspector/memory/memory.ts',
    find: 'this.#count(root, 100 + payload.text.length * (isWide ? 2 : 1));',
    replace: 'this.#count(root, isWide ? 2 : 1);',
    tests: ['inspector/bounds.test.ts'],
  },
  {
    name: 'stream of entries that hangs after a clear',
    file: 'inspector/serve/entries-stream.ts',
    find: '    place = last;\n',
    replace: '    place = Math.min(place, last);\n',
    tests: ['inspector/safety.test.ts'],
  },
  {
    name: 'what waits for the other inspector without a bound',
    file: 'inspector/processes/forwarding.ts',
    find: 'const MOST_WAITING = 1000;',
    replace: 'const MOST_WAITING = 100_000;',
    tests: ['inspector/processes.test.ts'],
  },
  {
    name: 'a process that was killed never lost by the inspector',
    file: 'inspector/processes/processes.ts',
    find: 'const GONE_AFTER = 10_000;',
    replace: 'const GONE_AFTER = 1_000_000;',
    tests: ['inspector/processes.test.ts'],
  },
  {
    name: 'foreign entries taken by the inspector as they are',
    file: 'inspector/processes/read-entry.ts',
    find: "if (typeof value === (TYPES[key] ?? 'string') && isReadable(key, value)) entry[key] = value;",
    replace: 'entry[key] = given[key];',
    tests: ['inspector/processes.test.ts'],
  },
];
