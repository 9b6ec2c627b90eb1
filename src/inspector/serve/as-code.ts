import { isList, type Value } from '../../story/value.ts';

/** Writes a payload as JSON. Values that JSON can't hold are written as in messages: a date as a text, a Map as pairs. */
export function asJson(value: Value): string {
  return JSON.stringify(toPlain(value), undefined, 2) ?? 'undefined';
}

function toPlain(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(toPlain);
  if (typeof value['$'] !== 'string') {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toPlain(part)]));
  }
  const inner = value['value'] ?? null;
  switch (value['$']) {
    case 'undefined':
      return undefined;
    case 'object':
      return Object.fromEntries(
        (inner as unknown as readonly [string, Value][]).map(([key, part]) => [key, toPlain(part)]),
      );
    case 'map':
    case 'set':
      return toPlain(inner);
    case 'redacted':
      return 'redacted';
    default:
      return inner;
  }
}

/** Writes a payload as TypeScript. */
export function asCode(value: Value, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const list = (parts: readonly string[], open: string, close: string) =>
    parts.length === 0 ? open + close : `${open}\n${deeper}${parts.join(`,\n${deeper}`)},\n${indent}${close}`;
  const items = (values: readonly Value[]) =>
    list(
      values.map((part) => asCode(part, deeper)),
      '[',
      ']',
    );
  if (isList(value)) return items(value);
  const keyed = (parts: readonly (readonly [string, Value])[]) =>
    list(
      parts.map(([key, part]) => `${asKey(key)}: ${asCode(part, deeper)}`),
      '{',
      '}',
    );
  if (typeof value['$'] !== 'string') return keyed(Object.entries(value));
  const inner = value['value'] ?? null;
  switch (value['$']) {
    case 'undefined':
      return 'undefined';
    case 'bigint':
      return `${inner as string}n`;
    case 'number':
      return inner as string;
    case 'date':
      return `new Date(${JSON.stringify(inner)})`;
    case 'url':
      return `new URL(${JSON.stringify(inner)})`;
    case 'map':
      return `new Map(${items(inner as readonly Value[])})`;
    case 'set':
      return `new Set(${items(inner as readonly Value[])})`;
    case 'object':
      return keyed(inner as unknown as readonly (readonly [string, Value])[]);
    case 'redacted':
      return "'redacted'";
    default:
      return JSON.stringify(inner);
  }
}

function asKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
