import type { Mutant } from './mutant.ts';

/** Bugs in the document of AsyncAPI. */
export const ASYNC_API: readonly Mutant[] = [
  {
    name: 'a recursive schema of AsyncAPI refers to the whole document',
    file: 'wire/async-api/schemas.ts',
    find: "if (base === undefined || fragment === '') return base;",
    replace: "if (base === undefined || fragment === '') return undefined;",
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'a definition of AsyncAPI is looked for where it was',
    file: 'wire/async-api/schemas.ts',
    find: "return definition === undefined ? key + fragment : [definition, ...rest].join('/');",
    replace: 'return key + fragment;',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'the names of properties are taken for keywords in AsyncAPI',
    file: 'wire/async-api/schemas.ts',
    find: 'kept.push([keyword, copyNamed(value, below)]);',
    replace: 'kept.push([keyword, copy(value, below)]);',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'data in a schema of AsyncAPI is taken for a schema',
    file: 'wire/async-api/schemas.ts',
    find: 'else kept.push([keyword, value]);',
    replace: 'else kept.push([keyword, copy(value, below)]);',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'the schema of AsyncAPI keeps its own $id',
    file: 'wire/async-api/schemas.ts',
    find: 'if (BASES.test(keyword)) noteBase(keyword, value, place);',
    replace: 'if (BASES.test(keyword)) noteBase(keyword, value, place), kept.push([keyword, value]);',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'a property that the parser of AsyncAPI takes for a reference',
    file: 'wire/async-api/properties.ts',
    find: 'if (!isObject(properties)) return schema;',
    replace: 'if (isObject(properties)) return schema;',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'a reference of AsyncAPI to where a property was',
    file: 'wire/async-api/schemas.ts',
    find: 'refToSchema(throughReadableProperties(place))',
    replace: 'refToSchema(place)',
    tests: ['wire/async-api/references.test.ts'],
  },
  {
    name: 'two names get one key of AsyncAPI',
    file: 'wire/async-api/keys.ts',
    find: 'while (this.#taken.has(key)) key = `${base}_${++n}`;',
    replace: '',
    tests: ['wire/async-api/names.test.ts'],
  },
  {
    name: 'a key of AsyncAPI is a member of every object',
    file: 'wire/async-api/keys.ts',
    find: 'const base = isKey(text) ? text : `${text}_`;',
    replace: 'const base = text;',
    tests: ['wire/async-api/names.test.ts'],
  },
  {
    name: 'a message without payload needs data in AsyncAPI',
    file: 'wire/async-api/message.ts',
    find: "required: rest.optional ? ['type'] : ['type', 'data']",
    replace: "required: ['type', 'data']",
    tests: ['wire/async-api/messages.test.ts'],
  },
  {
    name: 'a schema that accepts undefined is not described as optional',
    file: 'core/catalog/json-schema.ts',
    find: 'result.issues === undefined && result.value === undefined',
    replace: 'false',
    tests: ['core/bus/describe-schemas.test.ts'],
  },
];
