import { isObject } from '../../core/words/guards.ts';

/**
 * Names of properties that the parser of AsyncAPI can't read: it takes `$ref` for a reference, wherever it stands, loses
 * `__proto__`, and calls `hasOwnProperty`.
 */
const UNREADABLE = /^(?:\$ref|__proto__|hasOwnProperty)$/;

/** Returns a schema with its unreadable properties moved to `patternProperties`, where they mean the same. */
export function withReadableProperties(schema: Readonly<Record<PropertyKey, unknown>>): typeof schema {
  const { properties, patternProperties } = schema;
  if (!isObject(properties)) return schema;
  const entries = Object.entries(properties);
  if (!entries.some(([name]) => UNREADABLE.test(name))) return schema;
  const moved = entries.filter(([name]) => UNREADABLE.test(name));
  return {
    ...schema,
    properties: Object.fromEntries(entries.filter(([name]) => !UNREADABLE.test(name))),
    patternProperties: {
      ...(isObject(patternProperties) && patternProperties),
      ...Object.fromEntries(moved.map(([name, schema]) => [patternOf(name), schema])),
    },
  };
}

const patternOf = (name: string) => `^${name.replace('$', '\\$')}$`;

/** Rewrites a pointer through unreadable properties, so that it leads to where they have been moved. */
export function throughReadableProperties(pointer: string): string {
  return pointer.replaceAll(
    /\/properties\/(\$ref|%24ref|__proto__|hasOwnProperty)(?=\/|$)/gi,
    (_, name: string) => `/patternProperties/${encodeURIComponent(patternOf(decodeURIComponent(name)))}`,
  );
}
