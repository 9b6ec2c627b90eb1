type Schema = { readonly [key: string]: unknown };

const DEEPEST = 6;

/** Makes a payload that roughly fits a JSON Schema, as a start for the reader to edit. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isSchema(schema) || depth > DEEPEST) return null;
  if (typeof schema['$ref'] === 'string') return sampleOf(resolve(schema['$ref'], root), root, depth + 1);
  if ('default' in schema) return schema['default'];
  if ('const' in schema) return schema['const'];
  for (const key of ['examples', 'enum'] as const) {
    const list = schema[key];
    if (Array.isArray(list) && list.length > 0) return list[0];
  }
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const list = schema[key];
    if (Array.isArray(list) && list.length > 0) return sampleOf(list[0], root, depth + 1);
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return sampleObject(schema, root, depth);
    case 'array':
      return isSchema(schema['items']) ? [sampleOf(schema['items'], root, depth + 1)] : [];
    case 'string':
      return sampleText(schema);
    case 'number':
    case 'integer':
      return sampleNumber(schema);
    case 'boolean':
      return false;
    default:
      return isSchema(schema['properties']) ? sampleObject(schema, root, depth) : null;
  }
}

function sampleObject(schema: Schema, root: unknown, depth: number): object {
  const { properties } = schema;
  if (!isSchema(properties)) return {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => required.includes(key))
      .map(([key, value]) => [key, sampleOf(value, root, depth + 1)]),
  );
}

const FORMATS: Readonly<Record<string, () => string>> = {
  'date-time': () => new Date().toISOString(),
  date: () => new Date().toISOString().slice(0, 10),
  email: () => 'ada@example.com',
  uuid: () => '00000000-0000-4000-8000-000000000000',
  uri: () => 'https://example.com/',
};

function sampleText({ format, minLength }: Schema): string {
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format)) return FORMATS[format]!();
  return 'a'.repeat(typeof minLength === 'number' ? Math.min(minLength, 100) : 0);
}

function sampleNumber({ minimum, exclusiveMinimum }: Schema): number {
  if (typeof minimum === 'number' && Math.abs(minimum) < Number.MAX_SAFE_INTEGER) return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return 0;
}

function resolve(ref: string, root: unknown): unknown {
  if (!ref.startsWith('#/')) return undefined;
  let at = root;
  for (const part of ref.slice(2).split('/')) at = isSchema(at) ? at[part] : undefined;
  return at;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
