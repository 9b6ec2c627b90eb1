import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { scope, type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { asyncApi } from '../../../src/wire/index.ts';
import { randomOf } from '../../setup/random.ts';
import { at, checkOf, describeJson, describeShape, INFO, readDocument, type Shape } from './parts.ts';

vi.setConfig({ testTimeout: 60_000 }); // the official parser takes its time

interface Tree {
  name: string;
  below: Tree[];
}
const zodTree = z.object({
  name: z.string(),
  get below() {
    return z.array(zodTree);
  },
});
const folder = z.object({
  name: z.string(),
  get files() {
    return z.array(file);
  },
});
const file = z.object({ in: folder, at: z.date() }).meta({ id: 'a/b c%20d~1é' });
const withId = z
  .object({
    get next() {
      return withId.optional();
    },
  })
  .meta({ $id: 'https://example.com/link', id: 'Link' });
const valibotTree: v.GenericSchema<Tree> = v.object({
  name: v.string(),
  below: v.array(v.lazy(() => valibotTree)),
});
const arkTree = type({ name: 'string', below: 'this[]' });
const { person } = scope({
  person: { name: 'string', friends: 'person[]', pet: 'pet' },
  pet: { owner: 'person', kind: "'cat' | 'dog'" },
}).export();

const LIBRARIES: Readonly<Record<string, Shape>> = {
  zod: {
    tree: zodTree,
    trees: z.array(zodTree),
    record: z.record(z.string(), z.union([zodTree, z.null()])),
    folder,
    'file.added': file,
    'file.pair': z.tuple([file, file]),
    link: withId,
    links: z.object({ a: withId, b: withId }),
  },
  valibot: {
    tree: toStandardJsonSchema(valibotTree),
    trees: toStandardJsonSchema(v.object({ a: valibotTree, b: v.array(valibotTree) })),
  },
  arktype: { tree: arkTree, trees: type({ a: arkTree, b: arkTree.array() }), person },
};

/** Keywords with schemas inside, written out by hand: the sources have rules for them. */
const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'items', 'prefixItems']);
const MAPS = new Set([
  'properties',
  'patternProperties',
  'definitions',
  '$defs',
  'dependencies',
  'dependentSchemas',
]);
const SINGLES = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'contentSchema',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);

/**
 * Replaces references with what they lead to, down to some depth, so that schemas with references can be compared.
 * `resolve` follows a reference. Definitions are left out, and so are keywords that say where references start.
 */
function unfold(schema: unknown, resolve: (ref: string) => unknown, depth: number): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(rest)) {
    if (['$schema', '$id', '$anchor', 'definitions', '$defs'].includes(keyword)) continue;
    const isMoved = keyword === 'properties' && Object.hasOwn(value as object, '$ref');
    if (isMoved) {
      const { $ref, ...others } = value as { $ref: unknown };
      Object.assign(
        result,
        unfold({ properties: others, patternProperties: { '^\\$ref$': $ref } }, resolve, depth),
      );
      continue;
    }
    if (LISTS.has(keyword) && Array.isArray(value))
      result[keyword] = value.map((item) => unfold(item, resolve, depth));
    else if (MAPS.has(keyword))
      result[keyword] = Object.entries(value as object).map(([name, item]) => [
        name,
        unfold(item, resolve, depth),
      ]);
    else if (SINGLES.has(keyword)) result[keyword] = unfold(value, resolve, depth);
    else result[keyword] = value;
  }
  if (typeof $ref === 'string')
    result['refers to'] = depth === 0 ? '…' : unfold(resolve($ref), resolve, depth - 1);
  return result;
}

/** Follows a reference as each library means it: its pointer is not encoded as a URI. */
function within(schema: unknown) {
  return (ref: string) => {
    let value = schema as Record<string, unknown>;
    for (const segment of ref.split('/').slice(1))
      value = value[segment.replaceAll('~1', '/').replaceAll('~0', '~')] as typeof value;
    expect(value).toBeTypeOf('object');
    return value;
  };
}

/** Collects the references of a document outside the schemas' data. */
function referencesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : referencesOf(item),
  );
}

const inDocument = (document: object) => (ref: string) => {
  expect(ref).toMatch(/^#\/components\/schemas\/[\w.-]+(\/|$)/);
  return at(document, ref.slice(1));
};

describe.each(Object.entries(LIBRARIES))('%s', (_, shape) => {
  const description = describeShape(shape);
  const document = asyncApi(description, INFO);

  it.each(Object.keys(shape))('Each reference of %s leads to what was meant.', (name) => {
    const { schema } = description.events.find((event) => event.name === name)!;
    const meant = unfold(schema, within(schema), 5);
    expect(JSON.stringify(meant)).toContain('refers to');
    const found = unfold({ $ref: `#/components/schemas/${name}` }, inDocument(document), 6);
    expect(found).toEqual({ 'refers to': meant });
  });

  it('The official parser finds nothing, and each reference leads somewhere.', async () => {
    for (const ref of referencesOf(document)) {
      expect(ref).toMatch(/^#\/(?:channels|components)\/./);
      at(document, ref.slice(1));
    }
    const { read, findings } = await readDocument(document);
    expect(findings).toEqual([]);
    const payload = read!.components().messages().get('tree')?.payload();
    expect(payload?.allOf()?.[1]?.property('data')?.isCircular()).toBeTypeOf('boolean');
  });
});

it('No schema of the document says where references start, or has definitions of its own.', () => {
  for (const shape of Object.values(LIBRARIES)) {
    const { schemas } = asyncApi(describeShape(shape), INFO).components;
    expect(JSON.stringify(schemas)).not.toMatch(/"(?:\$schema|\$id|\$defs|definitions)":/);
  }
});

it('Definitions get names that are valid, and one each.', () => {
  const schema = { definitions: { 'a b': { title: '1' }, a_b: { title: '2' }, 'a/b': { title: '3' } } };
  const { schemas } = asyncApi(
    describeJson({ it: schema, 'it.a_b': { title: 'an event' }, other: { $defs: { a_b: { title: '4' } } } }),
    INFO,
  ).components;
  expect(
    Object.entries(schemas)
      .slice(1)
      .map(([key, { title }]) => [key, title]),
  ).toEqual([
    ['it', undefined],
    ['it.a_b_3', '1'],
    ['it.a_b_2', '2'],
    ['it.a_b_4', '3'],
    ['it.a_b', 'an event'],
    ['other', undefined],
    ['other.a_b', '4'],
  ]);
});

it('A reference that an application wrote is followed, whatever way it names its place.', () => {
  const refs = {
    root: '#',
    rootById: 'https://example.com/it',
    rootByIdAndFragment: 'https://example.com/it#',
    property: '#/properties/inner/properties/x',
    definition: '#/definitions/A',
    encoded: '#/definitions/a%20%7E0b',
    within: '#/definitions/A/items',
    nested: '#/definitions/A/definitions/B',
    anchor: '#anchored',
    oldAnchor: '#old',
    byId: 'part.json',
    withinId: 'part.json#/not',
    newer: '#/$defs/A',
    withinRootId: 'https://example.com/it#/definitions/A',
  };
  const document = asyncApi(
    describeJson({
      it: {
        $id: 'https://example.com/it#',
        properties: {
          inner: { properties: { x: { title: 'x' } } },
          refs: { allOf: Object.values(refs).map(($ref) => ({ $ref })) },
          'a/b~c é': { $anchor: 'anchored', title: 'anchored' },
        },
        definitions: {
          A: { items: { title: 'items of A' }, definitions: { B: { $id: '#old', title: 'B' } } },
          'a ~b': { title: 'a ~b' },
        },
        $defs: { A: { title: 'the newer A' } },
        additionalItems: { $id: '#', not: { $id: '' } },
        contains: { $id: 'part.json', title: 'part', not: { title: 'not part' } },
      },
    }),
    INFO,
  );
  const { it } = document.components.schemas as { it: any };
  const found = (it.properties.refs.allOf as { $ref: string }[]).map(({ $ref }) =>
    inDocument(document)($ref),
  );
  const [root, a] = [it, document.components.schemas['it.A']];
  expect(Object.fromEntries(Object.keys(refs).map((name, i) => [name, found[i]]))).toEqual({
    root,
    rootById: root,
    rootByIdAndFragment: root,
    property: { title: 'x' },
    definition: a,
    encoded: { title: 'a ~b' },
    within: { title: 'items of A' },
    nested: { title: 'B' },
    anchor: { title: 'anchored' },
    oldAnchor: { title: 'B' },
    byId: { title: 'part', not: { title: 'not part' } },
    withinId: { title: 'not part' },
    newer: { title: 'the newer A' },
    withinRootId: a,
  });
});

it('In random schemas, each reference leads to what was meant.', () => {
  const seed = 16;
  const random = randomOf(seed);
  for (let n = 0; n < 300; n++) {
    const schema = randomSchema(random);
    const { schemas } = asyncApi(describeJson({ it: schema }), INFO).components;
    const meant = unfold(schema, (ref) => at(schema, ref.slice(1)), 4);
    const found = unfold(schemas['it'], inDocument({ components: { schemas } }), 4);
    expect(found, `schema ${n} of seed ${seed}: ${JSON.stringify(schema)}`).toEqual(meant);
  }
});

/** Makes a schema that refers to any place of itself, by names that are hard to write in a pointer. */
function randomSchema(random: () => number): object {
  const one = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const names = [
    'a',
    'a b',
    'a/b',
    'a~b',
    'a%20b',
    '~1',
    'é',
    '$ref',
    'items',
    'definitions',
    'constructor',
    '',
  ];
  const references: { $ref: string }[] = [];
  const make = (depth: number): object => {
    const title = String(random());
    const reference = { $ref: '', title };
    if (random() < 0.4) references.push(reference);
    if (references.at(-1) === reference) return reference;
    if (depth === 0) return { title, const: { $ref: '#' } };
    const keyword = one([...LISTS, ...MAPS, ...SINGLES]);
    const below = () => make(depth - 1);
    if (MAPS.has(keyword)) return { title, [keyword]: { [one(names)]: below(), [one(names)]: below() } };
    return { title, [keyword]: LISTS.has(keyword) ? [below(), below()] : below() };
  };
  const named = () => Object.fromEntries([1, 2, 3].map(() => [one(names), make(3)]));
  const schema = { ...make(4), definitions: named(), $defs: named() };
  const places = placesOf(schema);
  for (const reference of references) reference.$ref = `#${one(places)}`;
  return schema;
}

/** Returns the pointers to all schemas within a schema, itself included. */
function placesOf(schema: unknown, pointer = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const below = Object.entries(schema).flatMap(([keyword, value]) => {
    if (MAPS.has(keyword)) {
      return Object.entries(value as object).flatMap(([name, item]) => {
        const segment = encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
        return placesOf(item, `${pointer}/${keyword}/${segment}`);
      });
    }
    if (Array.isArray(value) && LISTS.has(keyword))
      return value.flatMap((item, i) => placesOf(item, `${pointer}/${keyword}/${i}`));
    return SINGLES.has(keyword) ? placesOf(value, `${pointer}/${keyword}`) : [];
  });
  return [pointer, ...below];
}

it('A reference to another document stays.', () => {
  const { schemas } = asyncApi(
    describeJson({ it: { anyOf: [{ $ref: 'https://example.com/a.json#/b' }, { $ref: 'b.json' }] } }),
    INFO,
  ).components;
  expect(schemas['it']).toEqual({ anyOf: [{ $ref: 'https://example.com/a.json#/b' }, { $ref: 'b.json' }] });
});

it('Text that only looks like a reference stays: the name of a property, and data.', () => {
  const looksLikeOne = { $ref: '#' };
  const schema = {
    type: 'object',
    properties: {
      $ref: { type: 'string' },
      properties: { properties: { $ref: { const: looksLikeOne } } },
      definitions: { type: 'array' },
      $id: { enum: [looksLikeOne] },
      data: { default: looksLikeOne, examples: [looksLikeOne], 'x-note': looksLikeOne },
    },
    required: ['$ref'],
    contains: { $ref: null },
    dependencies: { $ref: ['data'], data: { required: ['$ref'] } },
  };
  const { $ref, properties, ...others } = schema.properties;
  // The parser takes a property `$ref` for a reference, so the property is moved to `patternProperties`.
  expect(asyncApi(describeJson({ it: schema }), INFO).components.schemas['it']).toEqual({
    ...schema,
    properties: {
      ...others,
      properties: { properties: {}, patternProperties: { '^\\$ref$': properties.properties.$ref } },
    },
    patternProperties: { '^\\$ref$': $ref },
  });
});

it('A payload with names that the parser stumbles over is read, and checked as before.', async () => {
  const link = z.strictObject({
    $ref: z.string(),
    $id: z.string().optional(),
    get next() {
      return link.optional();
    },
  });
  const odd = z.strictObject({
    ['__proto__']: z.string(),
    hasOwnProperty: z.number(),
    constructor: z.null(),
  });
  const description = describeShape({ link, odd });
  const document = asyncApi(description, INFO);
  expect((await readDocument(document)).findings).toEqual([]);
  const message = (type: string, data: unknown) => ({ specversion: '1.0', id: '1', source: '/', type, data });
  const isLink = checkOf(document, 'link');
  expect(isLink(message('link', { $ref: 'users', $id: '1', next: { $ref: 'users' } }))).toBe(true);
  for (const wrong of [{}, { $ref: 1 }, { $ref: 'a', next: { $id: 'b' } }, { $ref: 'a', ref: 'b' }])
    expect(isLink(message('link', wrong))).toBe(false);
  const isOdd = checkOf(document, 'odd');
  const right = '{"__proto__":"a","hasOwnProperty":1,"constructor":null}';
  expect(isOdd(message('odd', JSON.parse(right)))).toBe(true);
  for (const wrong of [right.replace('1', '"1"'), right.replace('"a"', '0'), right.replace('__', '_')])
    expect(isOdd(message('odd', JSON.parse(wrong)))).toBe(false);
});

it.each(['$ref', '%24ref'])(
  'A reference through a property %s leads to where that stands.',
  async (segment) => {
    const schema = {
      properties: { $ref: { items: { type: 'string' } }, again: { $ref: `#/properties/${segment}/items` } },
      definitions: { a: { properties: { $ref: {} } } },
      not: { $ref: `#/definitions/a/properties/${segment}` },
      patternProperties: { '^x': {} },
    };
    const document = asyncApi(describeJson({ it: schema }), INFO);
    const it = document.components.schemas['it'] as unknown as typeof schema;
    expect(at(document, it.properties.again.$ref.slice(1))).toEqual({ type: 'string' });
    expect(at(document, it.not.$ref.slice(1))).toEqual({});
    expect(Object.keys(it.patternProperties)).toEqual(['^x', '^\\$ref$']);
    expect((await readDocument(document)).findings).toEqual([]);
  },
);

it('A component is an object, even if a definition is true or false.', async () => {
  const schema = {
    definitions: { yes: true, no: false },
    properties: { a: { $ref: '#/definitions/yes' }, b: { $ref: '#/definitions/no' }, c: true },
  };
  const document = asyncApi(describeJson({ it: schema }), INFO);
  expect(document.components.schemas).toMatchObject({ 'it.yes': {}, 'it.no': { not: {} } });
  expect((await readDocument(document)).findings).toEqual([]);
});
