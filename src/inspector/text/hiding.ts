import { isObject } from '../../core/words/guards.ts';
import { own } from './own.ts';

/** Matches keys whose values are never shown. Other text may stand around these words. */
const SECRET_KEY =
  /pass_?-?(?:word|wd|phrase|code)|secret|token|authori[sz]ation|cookie|api_?-?key|private_?-?key|credential/i;

/** The answers for keys that were seen, because each event of a name has the same keys. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 100;

function isSecret(key: string): boolean {
  let is = known.get(key);
  if (is === undefined) {
    is = SECRET_KEY.test(key);
    if (known.size < MOST_KNOWN && key.length < LONGEST_KNOWN) known.set(own(key), is);
  }
  return is;
}

interface Path {
  readonly steps: readonly string[];
  readonly at: number;
}
type Schema = Readonly<Record<string, unknown>>;

/** Says which parts of a payload are hidden: by their path, by the name of their key, and by `writeOnly` in a schema. */
export class Hiding {
  readonly #paths: readonly Path[];
  readonly #schemas: readonly SchemaPart[];

  constructor(paths: readonly Path[], schemas: readonly SchemaPart[]) {
    this.#paths = paths;
    this.#schemas = schemas;
  }

  /** Returns what to hide below a key, or `'all'` if its value is hidden. The index in a list or a set is not a name. */
  under(key: string, isName: boolean): Hiding | 'all' {
    if (isName && isSecret(key)) return 'all';
    if (this.#paths.length === 0 && this.#schemas.length === 0) return this;
    const paths = this.#paths.flatMap(({ steps, at }) =>
      steps[at] === key || steps[at] === '*' ? [{ steps, at: at + 1 }] : [],
    );
    if (paths.some(({ steps, at }) => at === steps.length)) return 'all';
    const schemas = this.#schemas.flatMap((schema) => schema.under(key));
    return schemas.some((schema) => schema.isWriteOnly) ? 'all' : new Hiding(paths, schemas);
  }
}

/** Hides only the values whose key names look like secrets. */
export const BY_NAMES = new Hiding([], []);

/** Returns what to hide in the payload of an event, or `'all'` if a path or the schema itself hides all of it. */
export function hidingOf(paths: readonly string[], schemas: readonly Schema[]): Hiding | 'all' {
  const parts = schemas
    .filter((schema) => JSON.stringify(schema).includes('"writeOnly":true'))
    .flatMap((schema) => expand(schema, schema));
  if (parts.some((part) => part.isWriteOnly) || paths.includes('*')) return 'all';
  if (paths.length === 0 && parts.length === 0) return BY_NAMES;
  return new Hiding(
    paths.map((path) => ({ steps: path.split('.'), at: 0 })),
    parts,
  );
}

/** A part of a JSON Schema, without references. */
class SchemaPart {
  readonly #root: Schema;
  readonly #schema: Schema;

  constructor(root: Schema, schema: Schema) {
    this.#root = root;
    this.#schema = schema;
  }

  get isWriteOnly(): boolean {
    return this.#schema['writeOnly'] === true;
  }

  under(key: string): readonly SchemaPart[] {
    const { properties, patternProperties, additionalProperties, items, prefixItems, additionalItems } =
      this.#schema;
    const named = isObject(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [];
    const found = [...named, ...listOf(patternProperties), additionalProperties, additionalItems];
    found.push(...(Array.isArray(items) ? items : [items]), ...listOf(prefixItems));
    return found.flatMap((schema) => (isObject(schema) ? expand(this.#root, schema) : []));
  }
}

/** Returns a schema and all schemas that it refers to or combines. */
function expand(root: Schema, schema: Schema): readonly SchemaPart[] {
  const all = new Set<Schema>([schema]);
  for (const { $ref, allOf, anyOf, oneOf, if: condition, then, else: otherwise } of all) {
    const more = [resolve(root, $ref), ...listOf(allOf), ...listOf(anyOf), ...listOf(oneOf)];
    for (const next of [...more, condition, then, otherwise]) if (isObject(next)) all.add(next);
  }
  return Array.from(all, (part) => new SchemaPart(root, part));
}

function resolve(root: Schema, ref: unknown): unknown {
  if (typeof ref !== 'string' || !ref.startsWith('#')) return undefined;
  let found: unknown = root;
  for (const step of ref.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return isObject(value) ? Object.values(value) : [];
}
