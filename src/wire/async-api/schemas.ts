import { isObject } from '../../core/words/guards.ts';
import type { Keys } from './keys.ts';
import { throughReadableProperties, withReadableProperties } from './properties.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Keywords of JSON Schema whose value is a schema, or a list of schemas. */
const SCHEMAS =
  /^(?:items|prefixItems|(?:additional|unevaluated)(?:Items|Properties)|contains|contentSchema|propertyNames|allOf|anyOf|oneOf|not|if|then|else)$/;
/** Keywords whose value holds schemas by name. A name may look like a keyword: a payload may have a key `$ref`. */
const NAMED = /^(?:properties|patternProperties|definitions|\$defs|dependencies|dependentSchemas)$/;
/** Keywords that are left out, such as the base of a `$ref`, because each `$ref` then starts from the document itself. */
const BASES = /^\$(?:schema|id|anchor)$/;
const POINTER_PREFIX = '#/components/schemas/';

/** Makes a reference to a schema in the document's `components.schemas`. */
export const refToSchema = (place: string) => ({ $ref: `${POINTER_PREFIX}${place}` });

/**
 * Turns one JSON Schema into entries of `components.schemas`: the schema under `key`, and its definitions beside it. A
 * `$ref` that starts from the schema then starts from the document. A value that is not a schema, such as that of
 * `const`, stays as it is.
 */
export function toComponents(schema: Json, key: string, keys: Keys): [key: string, schema: Json][] {
  const [root, named] = withoutDefinitions(schema);
  const moved = keys.of(named.map(({ name }) => `${key}.${name}`));
  const definitions = new Map(named.map(({ place }, i) => [place, moved[i]!]));
  /** The places of the schemas that have an `$id` or an `$anchor`. */
  const bases = new Map<string, string>([['', key]]);
  const references: { $ref: string }[] = [];

  const components = [
    [key, copyComponent(root, key)],
    ...named.map(({ schema }, i) => [moved[i]!, copyComponent(schema, moved[i]!)]),
  ] as [string, Json][];
  // References are resolved last, because an `$id` may come after the references to it.
  for (const reference of references) {
    const place = placeOf(reference.$ref);
    if (place !== undefined) Object.assign(reference, refToSchema(throughReadableProperties(place)));
  }
  return components;

  /** Copies a component as an object, because the parser doesn't accept `true` or `false`. */
  function copyComponent(schema: unknown, key: string): Json {
    if (isObject(schema)) return copy(schema, key) as Json;
    return schema === false ? { not: {} } : {};
  }

  function copy(schema: unknown, place: string): unknown {
    if (Array.isArray(schema)) return schema.map((item, i) => copy(item, `${place}/${i}`));
    if (!isObject(schema)) return schema;
    const kept: [string, unknown][] = [];
    let refers = false;
    for (const [keyword, value] of Object.entries(withReadableProperties(schema))) {
      const below = `${place}/${keyword}`;
      if (BASES.test(keyword)) noteBase(keyword, value, place);
      else if (SCHEMAS.test(keyword)) kept.push([keyword, copy(value, below)]);
      else if (NAMED.test(keyword)) kept.push([keyword, copyNamed(value, below)]);
      else kept.push([keyword, value]);
      refers ||= keyword === '$ref' && typeof value === 'string';
    }
    // Unlike an assignment, this makes `__proto__` a key like any other.
    const result: unknown = Object.fromEntries(kept);
    if (refers) references.push(result as { $ref: string });
    return result;
  }

  function copyNamed(schemas: unknown, place: string): unknown {
    if (!isObject(schemas) || Array.isArray(schemas)) return schemas;
    return Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, copy(schema, `${place}/${segmentOf(name)}`)]),
    );
  }

  function noteBase(keyword: string, value: unknown, place: string): void {
    if (typeof value !== 'string' || keyword === '$schema') return;
    const base = keyword === '$anchor' ? `#${value}` : value.replace(/#$/, '');
    if (base !== '') bases.set(base, place);
  }

  /** Returns the place that a `$ref` leads to, or `undefined` if it is in another document. */
  function placeOf(ref: string): string | undefined {
    const [uri = '', fragment = ''] = ref.split(/#(.*)/s);
    const base = bases.get(uri);
    if (base === undefined || fragment === '') return base;
    if (!fragment.startsWith('/')) return bases.get(`#${fragment}`);
    if (base !== key) return base + fragment;
    const [, keyword, name = '', ...rest] = fragment.split('/');
    // A pointer is part of a URI, but zod writes names as they are.
    const definition =
      definitions.get(`${keyword}/${decoded(name)}`) ?? definitions.get(`${keyword}/${name}`);
    return definition === undefined ? key + fragment : [definition, ...rest].join('/');
  }
}

/** A definition at the root of a schema, with the place that a `$ref` names. */
interface Definition {
  readonly name: string;
  readonly place: string;
  readonly schema: unknown;
}

/** Splits a schema into the schema without its definitions, and the definitions. */
function withoutDefinitions(schema: Json): [rest: Json, named: Definition[]] {
  const named: Definition[] = [];
  const kept = Object.entries(schema).filter(([keyword, value]) => {
    if ((keyword !== 'definitions' && keyword !== '$defs') || !isObject(value)) return true;
    for (const [name, schema] of Object.entries(value))
      named.push({ name, place: `${keyword}/${escaped(name)}`, schema });
    return false;
  });
  return [Object.fromEntries(kept), named];
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Returns a name as part of a URI. A name with a lone surrogate can't be written in one, so it is only escaped. */
function segmentOf(name: string): string {
  try {
    return encodeURIComponent(escaped(name));
  } catch {
    return escaped(name);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
