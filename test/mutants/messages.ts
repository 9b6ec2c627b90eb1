import type { Mutant } from './mutant.ts';

/** Bugs in messages, and in the checks of hostile envelopes. */
export const MESSAGES: readonly Mutant[] = [
  {
    name: 'bus.middleware without its call taken for one with bad options',
    file: 'init.ts',
    find: "if (!isObject(options) || typeof options['getRawInput'] !== 'function') return;",
    replace: 'if (isObject(options)) return;',
    tests: ['core/bus/bad-options.test.ts'],
  },
  {
    name: 'keys that reach for prototypes are read',
    file: 'wire/read-json.ts',
    find: 'if (FORBIDDEN_KEYS.has(key))',
    replace: 'if (FORBIDDEN_KEYS.has(`${key}s`))',
    tests: ['wire/hostile.test.ts'],
  },
  {
    name: 'a RegExp is revived',
    file: 'wire/revivals.ts',
    find: '  set: (value) => Array.isArray(value),',
    replace: '  set: (value) => Array.isArray(value), regexp: () => true,',
    tests: ['wire/hostile.test.ts'],
  },
  {
    name: 'shared references are revived',
    file: 'wire/revivals.ts',
    find: 'const { values, v, ...others } = meta;',
    replace: 'const { values = {}, v, referentialEqualities, ...others } = meta;',
    tests: ['wire/hostile.test.ts'],
  },
  {
    name: 'a value is revived twice',
    file: 'wire/revivals.ts',
    find: "if (place.isRevived) throw new Fault('revives a value twice');",
    replace: '',
    tests: ['wire/hostile.test.ts'],
  },
  {
    name: 'a message is parsed however many values it has',
    file: 'wire/read-json.ts',
    find: 'if (hasMoreValues(text, bounds.values))',
    replace: 'if (hasMoreValues(text, Infinity))',
    tests: ['wire/limits.test.ts', 'wire/hostile.test.ts'],
  },
  {
    name: 'an invalid Date travels',
    file: 'wire/inspect.ts',
    find: "if (Number.isNaN((value as Date).getTime())) throw this.#refuse('it is an invalid Date');",
    replace: '',
    tests: ['wire/encode.test.ts'],
  },
  {
    name: '-0 is taken for what JSON can say',
    file: 'wire/inspect.ts',
    find: 'if (!Number.isFinite(value) || Object.is(value, -0)) this.#count();',
    replace: 'if (!Number.isFinite(value)) this.#count();',
    tests: ['wire/round-trip.test.ts'],
  },
  {
    name: 'what a transformer made is sent, whoever can read it',
    file: 'wire/pack.ts',
    find: '  if (isOwn) assertArrives(what, json, meta, maxValues);\n',
    replace: '',
    tests: ['wire/transformers.test.ts', 'wire/encode.test.ts'],
  },
  {
    name: 'what a schema says of a payload is told',
    file: 'core/bus/read-envelope.ts',
    find: "bad(why), 'issues'",
    replace: "bad(why, error), 'issues'",
    tests: ['core/bus/deliver-hostile.test.ts'],
  },
  {
    name: 'a chain deeper than the limit arrives',
    file: 'core/bus/read-envelope.ts',
    find: 'if (depth > limits.depth)',
    replace: 'if (depth > limits.depth + 1)',
    tests: ['core/bus/deliver.test.ts'],
  },
  {
    name: 'a payload copied within the copy of another takes of its bound',
    file: 'core/catalog/snapshot.ts',
    find: 'left = before;',
    replace: '',
    tests: ['core/catalog/too-large.test.ts'],
  },
];
